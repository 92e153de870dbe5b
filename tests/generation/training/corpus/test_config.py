"""Wrong configurations are refused by name."""

import pytest

from generation.errors import ConfigError
from generation.training.corpus.config import BackgroundMix, CameraMix, CorpusConfig


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"height": 4}, "height must be in 8..4096 pixels, got 4"),
        ({"width": 5000}, "width must be in"),
        ({"frames": 0}, "frames must be at least 1, got 0"),
        ({"pool_size": 0}, "pool_size must be at least 1"),
        ({"clips_per_canvas": 0}, "clips_per_canvas must be at least 1"),
        ({"seed": -1}, "seed must be 0 or more, got -1"),
        ({"canvas_size": 500}, "canvas_size must be a power of two"),
        ({"canvas_size": 64, "width": 80}, "at least the longer side, got 64 for 80 x 64"),
        ({"sprite_counts": (0.0, 0.0, 0.0, 0.0)}, "sprite_counts must have at least one weight above 0"),
        ({"sprite_counts": (1.0, -1.0, 0.0, 0.0)}, "sprite_counts.1 must be 0 or more, got -1"),
        ({"sprite_counts": (1.0, 1.0)}, "sprite_counts must have 4 weights, got 2"),
        ({"change_share": 1.5}, "change_share must be in"),
        ({"grain_share": float("nan")}, "grain_share must be in"),
    ],
)
def test_a_wrong_field_is_named(fields, message):
    with pytest.raises(ConfigError, match=message.replace("(", r"\(")):
        CorpusConfig(**fields)


def test_a_wrong_mix_is_named():
    with pytest.raises(ConfigError, match=r"background\.leaves must be 0 or more"):
        BackgroundMix(leaves=-1)
    with pytest.raises(ConfigError, match=r"background\.mixed_share"):
        BackgroundMix(mixed_share=2)
    with pytest.raises(ConfigError, match="camera must have at least one weight above 0"):
        CameraMix(slow=0, normal=0, fast=0)
    with pytest.raises(ConfigError, match="hold_share_with_sprites"):
        CameraMix(hold_share_with_sprites=-0.1)


@pytest.mark.parametrize(("frames", "seconds"), [(1, 1), (24, 1), (25, 2), (96, 4)])
def test_seconds_are_those_that_the_clip_touches(frames, seconds):
    assert CorpusConfig(frames=frames).seconds == seconds
