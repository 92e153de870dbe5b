import itertools
import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.media.containers import open_clip
from generation.media.limits import ClipLimits
from generation.media.retiming import Timed, at_rate, frame_indices, slot_of, whole_seconds_at_end

MAP_CASES = [
    f"solid_{name}.mp4@{fps}"
    for name in ("30fps_50f", "25fps_40f", "24fps_40f", "12fps_20f", "60fps_70f", "30000_1001fps_50f", "10fps_7f")
    for fps in (24, 16)
]


@pytest.mark.parametrize("name", MAP_CASES)
def test_index_maps_equal_the_released_pipeline(reference_root, name):
    case = json.loads((reference_root / "vae" / "pre_video.json").read_text())["cases"][name]
    with open_clip(reference_root / "vae" / case["file"], ClipLimits()) as clip:
        frames = list(clip.frames())

    indices = frame_indices([frame.start for frame in frames], frames[-1].duration, case["target_fps"])

    assert len(frames) == case["source_frames"]
    assert indices == case["frame_index"]


def test_clip_rules_equal_the_released_pipeline(reference_root):
    rules = json.loads((reference_root / "vae" / "pre_rules.json").read_text())["clip_rule"]

    for rule in rules:
        kept = whole_seconds_at_end(rule["frames"], rule["fps"], max_seconds=rule["prefix_video_max_chunk"])

        assert (kept[0], kept[-1], len(kept)) == (rule["first"], rule["last"], rule["count"])


def test_an_empty_clip_has_no_seconds_and_no_frames():
    assert list(whole_seconds_at_end(0, 24)) == []
    assert frame_indices([], Fraction(1, 24), 24) == []


def shown_slot_by_slot(starts, duration, fps):
    """The definition, slow: each slot shows the last frame that had come to it or before it."""
    slots, latest = [], None
    for start in starts:
        latest = slot_of(start, fps) if latest is None else max(latest, slot_of(start, fps))
        slots.append(latest)
    stop = max(slot_of(starts[-1] + duration, fps), slots[-1])
    indices = [
        max(index for index, reached in enumerate(slots) if reached <= slot) for slot in range(slots[0], stop)
    ]  # fmt: skip
    return indices or [len(starts) - 1]


times = st.fractions(min_value=0, max_value=3, max_denominator=120)


@settings(deadline=None)
@given(st.lists(times, min_size=1, max_size=40), st.fractions(Fraction(1, 1000), 2), st.sampled_from([8, 16, 24, 30]))
def test_spreading_equals_the_definition_for_any_timestamps(starts, duration, fps):
    starts = [start - min(starts) for start in starts]

    assert frame_indices(starts, duration, fps) == shown_slot_by_slot(starts, duration, fps)


@settings(deadline=None)
@given(st.lists(times, min_size=1, max_size=40))
def test_output_frames_follow_each_other_without_gaps(starts):
    frames = [Timed(item=index, start=start, duration=Fraction(1, 24)) for index, start in enumerate(sorted(starts))]

    shown = list(at_rate(frames, 24))

    assert all(part.count >= 1 for part in shown)
    assert all(left.first + left.count == right.first for left, right in itertools.pairwise(shown))


def test_a_gap_of_hours_costs_nothing():
    frames = [
        Timed(item="a", start=Fraction(0), duration=Fraction(1, 24)),
        Timed(item="b", start=Fraction(36_000), duration=Fraction(1, 24)),
    ]

    assert [(part.item, part.count) for part in at_rate(frames, 24)] == [("a", 864_000), ("b", 1)]
