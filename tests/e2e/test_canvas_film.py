"""Films as cards on the canvas: put there, filled from a path, read in the outline, exported; and templates."""

from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import FloatRect, expect

from tests.support.axe import findings, small_targets
from tests.support.canvas_page import CanvasPage, picture_file

pytestmark = pytest.mark.e2e


def overlap(one: FloatRect, other: FloatRect) -> bool:
    """Whether two boxes on the screen lie over one another."""
    return all(
        one[start] < other[start] + other[length] and other[start] < one[start] + one[length]
        for start, length in (("x", "width"), ("y", "height"))
    )


def test_a_film_on_the_canvas_is_filled_by_a_shots_plus_and_exported(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=61))
    page.keyboard.type("slow zoom in")
    page.keyboard.press("Control+Enter")
    canvas.wait_for_look("1a", "done")

    # By the command menu, as somebody does who knows no key for it.
    canvas.take_up_keyboard()
    page.keyboard.press("Control+k")
    page.locator(".palette input").fill("Add a film")
    page.keyboard.press("Enter")
    film = canvas.stage.locator("article.film")
    expect(film).to_contain_text("0 clips")
    expect(film.get_by_role("button", name="Export")).to_be_disabled()
    canvas.show_all()

    shot = canvas.shot("1a")
    shot.locator(".head").click()
    plus = shot.get_by_role("button", name="Next shot")
    plus.hover()
    page.mouse.down()
    target = film.bounding_box()
    assert target is not None
    page.mouse.move(target["x"] + 60, target["y"] + 60, steps=12)
    page.mouse.up()
    expect(film).to_contain_text("1 clip")
    expect(film.locator(".film-posters li")).to_have_count(1)
    expect(canvas.stage.locator("textarea")).to_have_count(0)
    canvas.wait_until_saved()

    # The same in the outline: a child of its shot, said with its length.
    canvas.take_up_keyboard()
    page.keyboard.press("o")
    line = page.get_by_role("treeitem", name="Film")
    expect(line).to_have_attribute("aria-level", "3")
    assert "1 clip · 00:04.0" in (line.get_attribute("aria-label") or "")
    line.click()
    assert [*findings(page), *small_targets(page)] == []
    page.locator(".outline-foot").get_by_role("button", name="Export").click()
    expect(page.get_by_role("dialog", name="Export the film")).to_be_visible()
    page.get_by_role("button", name="Export", exact=True).last.click()
    expect(page.get_by_test_id("export-file")).to_be_visible(timeout=60_000)
    page.keyboard.press("Escape")
    page.locator(".outline-foot").get_by_role("button", name="Open the film").click()
    page.wait_for_url("**/film/**")


def test_one_film_has_one_card_until_somebody_wants_another(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=62))
    page.keyboard.press("Escape")
    films = canvas.stage.locator("article.film")
    for count in (1, 2):
        canvas.take_up_keyboard()
        page.keyboard.press("Shift+F")
        expect(films).to_have_count(count)
    canvas.wait_until_saved()
    project = page.url.split("/p/")[1].split("?")[0]
    answer = page.request.get(f"{canvas.address}/api/v1/projects/{project}/canvas").json()
    shown = [node["film_id"] for node in answer["nodes"] if node["kind"] == "film"]
    assert len(set(shown)) == 2
    # What was there first stays the project's own, under the canvas and where "A" adds to.
    assert min(film["id"] for film in answer["films"]) in shown


def test_a_template_comes_into_a_project_that_has_begun_as_one_step(canvas: CanvasPage, tmp_path: Path):
    page = canvas.page
    canvas.start_from(picture_file(tmp_path, shade=63))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("menuitem", name="Template").click()
    page.get_by_role("option", name="Two endings").click()
    # What lies outside the view is not drawn, and from afar a card shows no words: the outline has every one.
    page.get_by_role("button", name="Outline").click()
    expect(page.get_by_role("tree", name="Outline").get_by_text("warm light")).to_be_visible()
    canvas.show_all()
    expect(canvas.stage.locator("article.node[data-look=empty]")).to_have_count(4)
    # All in one step, should the camera move again.
    boxes = canvas.stage.locator("article.node").evaluate_all(
        "cards => cards.map(card => card.getBoundingClientRect().toJSON())"
    )
    assert [pair for pair in combinations(boxes, 2) if overlap(*pair)] == []
    canvas.take_up_keyboard()
    page.keyboard.press("Control+z")
    expect(canvas.stage.locator("article.node[data-look=empty]")).to_have_count(1)
