"""Training of the autoencoder."""

from dataclasses import replace

import pytest
import torch

from generation.errors import ConfigError, WeightsError
from generation.training.clip_sources import ClipShape
from generation.training.decoder_widening import widened_weights
from generation.training.latent_statistics import measure_latents, read_statistics
from generation.training.runs.checkpoints import read_average
from generation.training.runs.loop import LoopConfig, RunControl
from generation.training.runs.run_folder import RunFolder, read_records
from generation.training.runs.schedule import LearningRate
from generation.training.runs.team import Team
from generation.training.trained import read_vae
from generation.training.vae_initialisation import init_vae
from generation.training.vae_objective import VAELossWeights
from generation.training.vae_trainer import HELD_OUT, VAETraining, train_vae, vae_step
from generation.vae.vae import VideoVAE
from tests.support.training import VAE, clips, generator

CPU = torch.device("cpu")
SHAPES = (
    ClipShape(batch=4, frames=8, height=16, width=16),
    ClipShape(batch=2, frames=8, height=8, width=24),
    ClipShape(batch=6, frames=1, height=16, width=16, share=0.5),
)


def training(steps=24, **fields):
    loop = LoopConfig(
        total_steps=steps,
        learning_rate=LearningRate(peak=3e-3, warmup_steps=2),
        log_every=4,
        save_every=5,
        sample_every=12,
    )
    return VAETraining(
        **{
            "vae": VAE,
            "shapes": SHAPES,
            "loop": loop,
            "weights": VAELossWeights(gradient=0.1),
            "bfloat16": False,
            **fields,
        }
    )


class Source:
    """Clips that are a function of their numbers."""

    def __init__(self):
        self.asked = []

    def __call__(self, shape, numbers):
        self.asked.append((shape, tuple(numbers)))
        made = [clips(number % 997, count=1, side=24).frames[0] for number in numbers]
        return torch.stack([clip[: shape.frames, : shape.height, : shape.width] for clip in made])


def run(folder, *, stop_at=None, **fields):
    asked = []

    def should_stop():
        asked.append(None)
        return stop_at is not None and len(asked) > stop_at

    source, control = Source(), RunControl(should_stop=should_stop)
    return train_vae(training(**fields), source, folder, device=CPU, control=control), source


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vae")
    vae, source = run(folder)
    return folder, vae, source


def test_loss_falls_and_what_matters_is_logged(trained):
    records = read_records(RunFolder(root=trained[0]).log)

    assert records[-1]["loss"] < 0.8 * records[0]["loss"]
    assert {"l1", "gradient", "kl", "psnr", "latent_std", "learning_rate"} <= set(records[0])


def test_every_shape_is_trained_on_and_no_clip_twice(trained):
    _, _, source = trained
    # The last were asked for to measure latents.
    steps = [entry for entry in source.asked[:-1] if entry[1][0] < HELD_OUT]

    assert {shape for shape, _ in steps} == set(SHAPES)
    numbers = [number for _, group in steps for number in group]
    assert len(numbers) == len(set(numbers))
    assert all(len(group) == shape.batch for shape, group in steps)


def test_pictures_of_progress_show_held_out_clips(trained):
    folder, _, source = trained

    assert RunFolder(root=folder).sample(12).read_bytes()[:4] == b"\x89PNG"
    shown = [group for _, group in source.asked if group[0] >= HELD_OUT]
    assert len(shown) == 2
    assert shown[0] == shown[1]


def test_latents_are_standardised_by_whoever_reads_the_run(trained):
    vae = read_vae(trained[0])
    shape, numbers = trained[2].asked[-1]

    statistics = measure_latents(vae, Source()(shape, numbers))

    assert statistics.mean == pytest.approx((0,) * 4, abs=1e-3)
    assert statistics.deviation == pytest.approx((1,) * 4, abs=1e-3)


def test_stopped_and_resumed_run_ends_with_the_same_bytes(trained, tmp_path):
    run(tmp_path, stop_at=9)
    run(tmp_path)

    for name in ("checkpoint.safetensors", "metrics.jsonl", "latents.json"):
        assert (tmp_path / name).read_bytes() == (trained[0] / name).read_bytes()


def test_average_is_what_comes_out(trained):
    folder, vae, _ = trained
    average = read_average(RunFolder(root=folder).checkpoint)

    assert all(torch.equal(parameter, average[name]) for name, parameter in vae.named_parameters())


def test_second_stage_starts_from_the_first(trained, tmp_path):
    average = read_average(RunFolder(root=trained[0]).checkpoint)
    # So small a rate that one step changes nothing to speak of.
    loop = LoopConfig(total_steps=1, learning_rate=LearningRate(peak=1e-9, warmup_steps=0, floor=1e-9))

    vae = train_vae(training(loop=loop), Source(), tmp_path, device=CPU, start_from=average)

    for name, parameter in vae.named_parameters():
        torch.testing.assert_close(parameter, average[name], atol=1e-6, rtol=1e-5)


def test_weights_of_another_model_are_refused(tmp_path):
    with pytest.raises(WeightsError, match="lacks"):
        train_vae(training(), Source(), tmp_path, device=CPU, start_from={"other": torch.zeros(1)})


def test_team_sees_what_one_process_would():
    vae = VideoVAE(VAE)
    init_vae(vae, generator())
    one = training(shapes=SHAPES[:1])

    whole = vae_step(vae, one, Source(), 3)
    parts = [vae_step(vae, one, Source(), 3, team=Team(rank=rank, size=2)) for rank in range(2)]

    torch.testing.assert_close(whole.total, (parts[0].total + parts[1].total) / 2)
    gradients = torch.autograd.grad(whole.total, list(vae.parameters()))
    shares = [torch.autograd.grad(part.total, list(vae.parameters())) for part in parts]
    for gradient, first, second in zip(gradients, *shares, strict=True):
        torch.testing.assert_close(gradient, (first + second) / 2, atol=1e-5, rtol=1e-3)


@pytest.mark.parametrize(
    "shape",
    [
        {"batch": 1, "frames": 6, "height": 16, "width": 16},
        {"batch": 1, "frames": 4, "height": 16, "width": 16},
        {"batch": 1, "frames": 8, "height": 12, "width": 16},
        {"batch": 0, "frames": 8, "height": 16, "width": 16},
        {"batch": 1, "frames": 8, "height": 16, "width": 16, "share": 0},
    ],
)
def test_shapes_that_are_not_whole_patches_are_refused(shape):
    with pytest.raises(ConfigError):
        training(shapes=(ClipShape(**shape),))


def test_only_seconds_and_pictures_are_served():
    second = ClipShape(batch=1, frames=24, height=16, width=16)

    with pytest.raises(ConfigError, match="of pictures and of 24 frames"):
        training(shapes=SHAPES, as_served=True, frozen_encoder=True)
    with pytest.raises(ConfigError, match="as_served"):
        training(shapes=(second,), side_by_side=True)
    with pytest.raises(ConfigError, match="latent_noise"):
        training(shapes=(second,), as_served=True, frozen_encoder=True, latent_noise=-1.0)


def test_a_decoder_learns_what_is_served_and_the_encoder_stays(tmp_path):
    shapes = (
        ClipShape(batch=2, frames=24, height=16, width=16),
        ClipShape(batch=2, frames=1, height=16, width=16, share=0.3),
    )
    fresh = VideoVAE(VAE)
    init_vae(fresh, generator())
    fields = {
        "shapes": shapes, "as_served": True, "frozen_encoder": True, "orthogonal": True, "latent_noise": 0.01,
        "weights": VAELossWeights(gradient=0.1, square=1.0, motion=0.5),
    }  # fmt: skip

    vae = train_vae(training(30, **fields), Source(), tmp_path, device=CPU, start_from=dict(fresh.named_parameters()))

    records = read_records(RunFolder(root=tmp_path).log)
    assert records[-1]["loss"] < 0.8 * records[0]["loss"]
    assert records[0]["motion"] > 0
    for name, weight in fresh.encoder.named_parameters():
        assert torch.equal(weight, dict(vae.encoder.named_parameters())[name])
    blocks = dict(vae.decoder.trunk.blocks.named_parameters())
    assert any(not torch.equal(weight, blocks[name]) for name, weight in fresh.decoder.trunk.blocks.named_parameters())


def test_encoder_and_decoder_learn_together_on_what_is_served(tmp_path):
    shapes = (
        ClipShape(batch=2, frames=24, height=16, width=16),
        ClipShape(batch=2, frames=1, height=16, width=16, share=0.3),
    )
    fresh = VideoVAE(VAE)
    init_vae(fresh, generator())
    weights = VAELossWeights(gradient=0.1, square=1.0, motion=0.5, kl=1e-3)

    vae = train_vae(
        training(30, shapes=shapes, as_served=True, orthogonal=True, latent_noise=0.05, weights=weights),
        Source(), tmp_path, device=CPU, start_from=dict(fresh.named_parameters()),
    )  # fmt: skip

    records = read_records(RunFolder(root=tmp_path).log)
    assert records[-1]["loss"] < 0.8 * records[0]["loss"]
    blocks = dict(vae.encoder.trunk.blocks.named_parameters())
    assert any(not torch.equal(weight, blocks[name]) for name, weight in fresh.encoder.trunk.blocks.named_parameters())
    assert read_statistics(tmp_path) is not None


def test_noise_is_measured_by_the_latents_that_it_is_added_to():
    vae = VideoVAE(VAE)
    init_vae(vae, generator())
    shapes = (ClipShape(batch=2, frames=24, height=16, width=16),)
    settings = training(shapes=shapes, as_served=True, latent_noise=0.5)
    before = vae_step(vae, settings, Source(), 0).total

    # The same autoencoder with latents ten times as large.
    with torch.no_grad():
        vae.encoder.to_moments.weight[: VAE.latent_channels].mul_(10)
        vae.encoder.to_moments.bias[: VAE.latent_channels].mul_(10)
        vae.decoder.from_latents.weight.div_(10)
    after = vae_step(vae, settings, Source(), 0).total

    torch.testing.assert_close(before, after, rtol=2e-2, atol=0)


def test_the_joint_of_two_windows_counts():
    vae = VideoVAE(VAE)
    init_vae(vae, generator())
    shapes = (ClipShape(batch=2, frames=24, height=16, width=16),)
    losses = [
        vae_step(
            vae,
            training(
                shapes=shapes, as_served=True, side_by_side=True, frozen_encoder=True,
                weights=VAELossWeights(joint=joint),
            ),
            Source(), 0,
        )
        for joint in (0.0, 1.0)
    ]  # fmt: skip

    assert losses[1].metrics["joint"] > 0
    torch.testing.assert_close(losses[1].total - losses[0].total, losses[1].metrics["joint"])


@pytest.mark.parametrize("fields", [{"frozen_encoder": True}, {}])
def test_a_team_is_served_what_one_process_would_be(fields):
    vae = VideoVAE(VAE)
    init_vae(vae, generator())
    shapes = (ClipShape(batch=2, frames=24, height=16, width=16),)
    one = training(shapes=shapes, as_served=True, latent_noise=0.1, **fields)

    whole = vae_step(vae, one, Source(), 3)
    parts = [vae_step(vae, one, Source(), 3, team=Team(rank=rank, size=2)) for rank in range(2)]

    torch.testing.assert_close(whole.total, (parts[0].total + parts[1].total) / 2)


def test_no_shape_is_refused():
    with pytest.raises(ConfigError, match="at least one"):
        training(shapes=())


def test_frozen_latents_stay_while_the_decoder_learns(tmp_path):
    before = train_vae(training(steps=2), Source(), tmp_path / "first", device=CPU)
    larger = replace(VAE, decoder_scale=2)
    shapes = (ClipShape(batch=2, frames=8, height=32, width=32),)
    begin = widened_weights(before, larger)

    after = train_vae(
        training(steps=6, vae=larger, shapes=shapes, frozen_encoder=True),
        Larger(), tmp_path / "second", device=CPU, start_from=begin,
    )  # fmt: skip

    for name, weight in before.encoder.state_dict().items():
        assert torch.equal(weight, after.encoder.state_dict()[name])
    assert not torch.equal(begin["decoder.to_pixels.weight"], after.decoder.to_pixels.weight)
    assert read_statistics(tmp_path / "second") is None


def test_larger_pictures_ask_for_frozen_latents():
    with pytest.raises(ConfigError, match="frozen_encoder"):
        training(vae=replace(VAE, decoder_scale=2))


class Larger(Source):
    """Clips twice as large."""

    def __call__(self, shape, numbers):
        half = replace(shape, height=shape.height // 2, width=shape.width // 2)
        return super().__call__(half, numbers).repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
