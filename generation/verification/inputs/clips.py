"""Clips, brought to another rate and size, and the rules for which part of them is continued."""

from collections.abc import Iterator

import torch

from generation.contract.requests import ClipEnd, Fit
from generation.media.containers import open_clip
from generation.media.limits import ClipLimits
from generation.media.retiming import frame_indices, whole_seconds_at_end
from generation.media.video import ClipOptions, read_clip
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison, compare, compare_fact, compare_facts
from generation.verification.record import Record
from generation.verification.tolerances import EXACT


def check_clips(case: GoldenCase) -> Iterator[Comparison]:
    """Read every clip: which frames are shown, and the pixels where they are recorded."""
    for name, clip in case.record.named_records("cases").items():
        yield from _check_frames(case, name, clip)
        if name in case.tensor_names:
            pixels = read_clip(
                case.file(clip.text("file")), clip.integer("w"), clip.integer("h"), Fit.STRETCH,
                frames=clip.integer("prefix_frame"), end=ClipEnd.FIRST,
                options=ClipOptions(fps=clip.integer("target_fps")),
            )  # fmt: skip
            yield compare(name, torch.from_numpy(pixels), case.tensor(name), EXACT)


def check_clip_rules(case: GoldenCase) -> Iterator[Comparison]:
    """Choose the part of a clip that is continued when nobody says how much.

    The command lines that stand beside the rules say how the golden pixels were made; nothing here runs them.
    """
    for number, rule in enumerate(case.record.records("clip_rule")):
        fps, most = rule.integer("fps"), rule.integer("prefix_video_max_chunk")
        kept = whole_seconds_at_end(rule.integer("frames"), fps, max_seconds=most)
        expected = [rule.integer(name) for name in ("first", "last", "count")]
        yield compare_facts(f"clip_rule {number}", [kept[0], kept[-1], len(kept)], expected)


def _check_frames(case: GoldenCase, name: str, clip: Record) -> Iterator[Comparison]:
    with open_clip(case.file(clip.text("file")), ClipLimits()) as opened:
        frames = list(opened.frames())
    yield compare_fact(f"{name}: source_frames", len(frames), clip.integer("source_frames"))
    if "frame_index" in clip:
        starts = [frame.start for frame in frames]
        indices = frame_indices(starts, frames[-1].duration, clip.integer("target_fps"))
        yield compare_facts(f"{name}: frame_index", indices, clip.integers("frame_index"))
