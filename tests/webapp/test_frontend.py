"""The one page, and what is said while it is not built."""

import pytest


@pytest.fixture
def built(settings, tmp_path):
    settings.FRONTEND_FOLDER = tmp_path
    (tmp_path / "index.html").write_text("<!doctype html><title>Sceneloom</title>")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/p/0190", "/library", "/s/secret"])
def test_every_address_of_the_app_is_the_page(client, built, path):
    response = client.get(path)

    assert response.status_code == 200
    assert response["Cache-Control"] == "no-cache"
    assert "csrftoken" in response.cookies
    assert b"Sceneloom" in response.content


@pytest.mark.django_db
def test_an_unbuilt_frontend_says_what_to_do(client, settings, tmp_path):
    settings.FRONTEND_FOLDER = tmp_path / "nowhere"

    response = client.get("/")

    assert response.status_code == 503
    assert "./studio up" in response.content.decode()


@pytest.mark.django_db
def test_the_page_is_only_read(client, built):
    assert client.post("/").status_code == 405


@pytest.mark.django_db
def test_an_unknown_address_of_the_api_is_not_the_page(client, built):
    assert client.get("/api/v1/nothing-here").status_code == 404
