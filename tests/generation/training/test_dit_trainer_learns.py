"""What is trained here is what the sampler runs: a tiny transformer learns two clips by heart and makes them again."""

import pytest

from generation.config import SamplingConfig
from tests.support.training import resampled

# Three passes, of which the one with text counts alone.
PLAIN = SamplingConfig(num_steps=16, context_guidance=(1.0,) * 5, text_guidance=(1.0,) * 5)


@pytest.mark.parametrize("clip", [0, 1])
@pytest.mark.parametrize("task", ["text", "image", "continuation"])
def test_clip_learned_by_heart_is_made_again(learned, task, clip):
    batch = learned.batch
    prefix = {
        "text": None, "image": batch.stills[clip : clip + 1], "continuation": batch.latents[clip : clip + 1, :, :6],
    }[task]  # fmt: skip

    latents = resampled(learned.model, batch.words[clip].caption, prefix, PLAIN)

    own, other = (batch.latents[index][:, -latents.shape[1] :] for index in (clip, 1 - clip))
    assert (latents - own).square().mean() < 0.35
    assert (latents - other).square().mean() > 1.5
