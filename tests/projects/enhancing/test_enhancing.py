"""Better words, with the person's own never lost."""

import json

import httpx
import pytest

from projects.enhancing.enhancer import enhance
from projects.enhancing.glossary import has_chinese, read_chinese
from projects.enhancing.remote import Endpoint, EnhancerDown, added_spans, enhance_remotely
from projects.enhancing.result import Enhanced
from projects.enhancing.rules import enhance_by_rules

ENDPOINT = Endpoint(url="http://helper/v1", key="k", model="small")


def test_a_shot_without_a_camera_gets_a_steady_one_and_says_what_was_added():
    better = enhance_by_rules("a boy turns to the window.")

    assert better.text == "a boy turns to the window, the camera holds still"
    (span,) = better.additions
    assert better.text[span.start : span.stop] == ", the camera holds still"


@pytest.mark.parametrize("text", ["slow zoom in", "the camera pans left", "tilt up to the sky", "Static shot of a cat"])
def test_a_camera_that_is_said_is_left_alone(text):
    assert enhance_by_rules(text) == enhance_by_rules(text)
    assert enhance_by_rules(text).text == text
    assert enhance_by_rules(text).additions == ()


def test_chinese_is_said_in_english_as_far_as_it_is_known():
    better = enhance_by_rules("男孩转身，缓慢推近")

    assert better.text == "a boy turns around, slow zoom in"
    assert better.warning == ""


def test_words_that_would_be_lost_are_warned_of():
    assert enhance_by_rules("龘龘 缓慢推近").warning == "words_lost"
    assert enhance_by_rules("龘龘").text == "龘龘"
    assert enhance_by_rules("龘龘").warning == "words_lost"


def test_nothing_stays_nothing():
    assert enhance_by_rules("  ").text == ""


def test_longer_phrases_win():
    assert read_chinese("缓慢推近").text == "slow zoom in"
    assert has_chinese("a 海")
    assert not has_chinese("a sea")


def answer(*texts, status=200):
    said = iter(texts)

    def handle(_request):
        return httpx.Response(status, json={"choices": [{"message": {"content": next(said)}}]})

    return httpx.Client(transport=httpx.MockTransport(handle))


def test_two_answers_are_joined_and_what_is_new_is_marked():
    better = enhance_remotely("a boy turns", ENDPOINT, client=answer("A boy in lamp light.", "He turns slowly."))

    assert better.text == "A boy in lamp light. He turns slowly."
    added = [better.text[span.start : span.stop] for span in better.additions]
    assert "in lamp light." in " ".join(added)
    assert "boy" not in added


def listener(asked, refuses=None):
    """An endpoint that writes down what it is asked; it refuses pictures with this status, if any."""

    def handle(request):
        content = json.loads(request.content)["messages"][1]["content"]
        asked.append(content)
        if refuses and not isinstance(content, str):
            return httpx.Response(refuses, json={"error": "no pictures"})
        return httpx.Response(200, json={"choices": [{"message": {"content": f"Answer {len(asked)}."}}]})

    return httpx.Client(transport=httpx.MockTransport(handle))


def test_both_questions_come_with_the_picture_where_there_is_one():
    asked = []
    enhance_remotely("a boy turns", ENDPOINT, picture=b"RIFF", client=listener(asked))
    enhance_remotely("a boy turns", ENDPOINT, client=listener(asked))

    seen = [
        {"type": "text", "text": "a boy turns"},
        {"type": "image_url", "image_url": {"url": "data:image/webp;base64,UklGRg=="}},
    ]
    assert asked == [seen, seen, "a boy turns", "a boy turns"]


def test_a_model_that_does_not_see_is_asked_in_words():
    asked = []
    better = enhance_remotely("a boy turns", ENDPOINT, picture=b"RIFF", client=listener(asked, refuses=400))

    assert better.text == "Answer 2. Answer 3."
    assert asked[1:] == ["a boy turns", "a boy turns"]
    with pytest.raises(EnhancerDown):
        enhance_remotely("a boy turns", ENDPOINT, picture=b"RIFF", client=listener(asked, refuses=500))


@pytest.mark.parametrize(("sees", "made"), [(True, 1), (False, 0)])
def test_the_picture_is_made_only_for_who_looks_at_it(settings, monkeypatch, sees, made):
    settings.ENHANCER_URL, settings.ENHANCER_SEES = "http://helper/v1", sees
    asked, calls = [], []
    monkeypatch.setattr(
        "projects.enhancing.enhancer.enhance_remotely",
        lambda text, _to, picture: asked.append(picture) or Enhanced(text=text, additions=(), model="m"),
    )

    enhance("slow zoom in", lambda: calls.append(1) or b"RIFF")

    assert asked == [b"RIFF" if sees else None]
    assert len(calls) == made
    settings.ENHANCER_URL = ""
    enhance("slow zoom in", lambda: calls.append(1) or b"RIFF")
    assert len(calls) == made


@pytest.mark.parametrize("client", [answer("", ""), answer("x", "y", status=500)])
def test_an_endpoint_that_does_not_help_is_down(client):
    with pytest.raises(EnhancerDown):
        enhance_remotely("a boy", ENDPOINT, client=client)


def test_the_studio_uses_rules_while_its_endpoint_is_down(settings):
    settings.ENHANCER_URL = "http://127.0.0.1:9/v1"

    better = enhance("slow zoom in")

    assert (better.text, better.warning) == ("slow zoom in", "enhancer_down")


def test_without_an_endpoint_there_are_rules(settings):
    settings.ENHANCER_URL = ""

    assert enhance("slow zoom in").model == "rules"


def test_added_words_are_whole_and_neighbours_are_one():
    assert [(span.start, span.stop) for span in added_spans("a b", "a x y b")] == [(2, 5)]
    assert added_spans("a b", "a b") == ()
