"""Curves of a run."""

from io import BytesIO

import pytest
from PIL import Image

from generation.errors import RequestError
from generation.training.plots import Curve, draw_panels, panels_of, plot_run, smoothed
from generation.training.runs.run_folder import RunFolder, append_record

RECORDS = [
    {"step": step, "loss": 1 / step, "loss_t0_0.1": 2 / step, "psnr": float(step)}
    | ({"loss_8_steps": 1.0} if step % 2 else {})
    for step in range(1, 9)
]


def test_metrics_of_a_kind_share_a_panel():
    panels = panels_of(RECORDS)

    assert set(panels) == {"loss", "loss_t...", "loss_...", "psnr"}
    assert panels["loss_..."][0].points[1] == (3.0, 1.0)


def test_values_that_are_not_finite_are_left_out():
    panels = panels_of([{"step": 1, "loss": float("nan")}, {"step": 2, "loss": 1.0, "psnr": float("inf")}])

    assert set(panels) == {"loss"}
    assert panels["loss"][0].points == ((2.0, 1.0),)


def test_smoothing_keeps_steps_and_levels():
    points = tuple((float(step), float(step % 2)) for step in range(200))

    smooth = smoothed(points)

    assert [step for step, _ in smooth] == [step for step, _ in points]
    assert all(0.3 < value < 0.7 for _, value in smooth[10:-10])
    assert smoothed(points[:5]) == points[:5]


def test_curve_is_drawn_where_its_values_are():
    falling = Curve(name="loss", points=((0.0, 1.0), (100.0, 0.0)))

    picture = Image.open(BytesIO(draw_panels({"loss": [falling]})))

    blue = [
        (x, y)
        for x in range(picture.width)
        for y in range(picture.height)
        if picture.getpixel((x, y)) == (31, 119, 180)
    ]
    assert min(blue)[1] < max(blue)[1]
    assert (min(x for x, _ in blue), max(x for x, _ in blue)) == pytest.approx((56, 450), abs=3)


@pytest.mark.parametrize("points", [((5.0, 1.0),), ((1.0, 0.0), (2.0, 0.0))])
def test_curves_without_height_or_length_are_drawn(points):
    assert draw_panels({"loss": [Curve(name="loss", points=points)] * 3})[:4] == b"\x89PNG"


def test_run_is_drawn_beside_its_log(tmp_path):
    run = RunFolder(root=tmp_path)
    run.begin({}, step=0)
    with pytest.raises(RequestError, match="train first"):
        plot_run(run)
    append_record(run.log, 10, {"loss": 1.0})
    append_record(run.log, 20, {"loss": 0.5})

    assert plot_run(run) == tmp_path / "curves.png"
    with Image.open(tmp_path / "curves.png") as picture:
        assert picture.size == (460, 260)
