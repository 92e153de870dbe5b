"""Every answer carries the policy, unless it has a stricter one of its own."""

from django.http import HttpRequest, HttpResponse

from webapp.security_headers import SecurityHeadersMiddleware


def answer(response: HttpResponse):
    return SecurityHeadersMiddleware(lambda _request: response)(HttpRequest())


def test_scripts_come_from_here_and_nobody_may_frame_us():
    policy = answer(HttpResponse())["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "script-src" not in policy


def test_a_stricter_policy_of_a_view_stays():
    response = HttpResponse(headers={"Content-Security-Policy": "sandbox"})

    assert answer(response)["Content-Security-Policy"] == "sandbox"


def test_pictures_and_clips_may_come_from_the_bucket_that_people_are_sent_on_to(settings):
    settings.S3_PUBLIC_ENDPOINT = "https://files.example.org/"

    policy = dict(part.split(" ", 1) for part in answer(HttpResponse())["Content-Security-Policy"].split("; "))

    for name in ("img-src", "media-src"):
        assert policy[name].endswith(" https://files.example.org https://*.files.example.org")
    assert "files.example.org" not in policy["default-src"] + policy["connect-src"]
