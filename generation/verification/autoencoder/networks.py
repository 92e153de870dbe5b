"""Whole encodings and decodings without tiles."""

import re
from collections.abc import Iterator

import torch

from generation.vae.vae import LOGVAR_RANGE, Posterior, VideoVAE
from generation.verification.autoencoder.checkpoint import (
    compare_numbers,
    find_autoencoder,
    load_golden_autoencoder,
    video_of,
)
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison
from generation.verification.record import CaseError

SAMPLE = re.compile(r"sample_seed(\d+)")
NOISE = re.compile(r"noise_seed(\d+)")
REPEATS = re.compile(r"moments_of_(\d+)_repeats")
RAW_FRAMES = re.compile(r"decoder_all_\d+_frames")


@torch.no_grad()
def check_encoder(case: GoldenCase) -> Iterator[Comparison]:
    """Encode every video of a case, and read every given pair of moments."""
    vae = load_golden_autoencoder(find_autoencoder(case))
    for match in case.matching(r"(.+)\.input_u8"):
        yield from _check_video(case, vae, match[1])
    for match in case.matching(r"(.+)\.moments"):
        if f"{match[1]}.input_u8" not in case.tensor_names:
            yield from _check_moments(case, match[1])


@torch.no_grad()
def check_decoder(case: GoldenCase) -> Iterator[Comparison]:
    """Decode all latents of a case."""
    vae = load_golden_autoencoder(find_autoencoder(case))
    for match in case.matching(r"(.+)\.z"):
        latents = case.tensor(match[0])
        for name in _others(case, match[1], "z"):
            if name != "out" and not RAW_FRAMES.fullmatch(name):
                raise CaseError(f"{match[1]}.{name} must be out or decoder_all_N_frames")
            video = vae.decode(latents) if name == "out" else vae.decoder(latents)
            label = f"{match[1]}.{name}"
            yield from compare_numbers(case, label, video, case.tensor(label))


def _others(case: GoldenCase, label: str, given: str) -> list[str]:
    """What a case holds under a label besides what was given."""
    names = [match[1] for match in case.matching(rf"{re.escape(label)}\.(\w+)")]
    return [name for name in names if name != given]


def _check_video(case: GoldenCase, vae: VideoVAE, label: str) -> Iterator[Comparison]:
    video = video_of(case.tensor(f"{label}.input_u8"))
    posterior = vae.encode_moments(video)
    for name in _others(case, label, "input_u8"):
        expected = case.tensor(f"{label}.{name}")
        if name == "moments":
            found = vae.encoder(video)
        elif match := REPEATS.fullmatch(name):
            found = vae.encoder(video.expand(-1, -1, int(match[1]), -1, -1))
        elif match := SAMPLE.fullmatch(name):
            found = posterior.sample(torch.Generator().manual_seed(int(match[1])))
        elif match := NOISE.fullmatch(name):
            found = torch.randn(expected.shape, generator=torch.Generator().manual_seed(int(match[1])))
        elif name in ("mean", "latent_mode"):
            found = vae.encode(video)
        elif name == "logvar_clamped":
            found = posterior.logvar
        elif name == "std":
            found = posterior.std
        else:
            raise CaseError(f"{label}.{name} must be one of the results of encoding")
        yield from compare_numbers(case, f"{label}.{name}", found, expected)


def _check_moments(case: GoldenCase, label: str) -> Iterator[Comparison]:
    mean, logvar = case.tensor(f"{label}.moments").chunk(2, dim=1)
    posterior = Posterior(mean=mean, logvar=logvar.clamp(*LOGVAR_RANGE))
    # The released sum leaves the last axis of a video out.
    results = {"logvar": posterior.logvar, "std": posterior.std, "kl": posterior.divergence().sum(dim=(1, 2, 3))}
    for name in _others(case, label, "moments"):
        if name not in results:
            raise CaseError(f"{label}.{name} must be one of {', '.join(results)}")
        yield from compare_numbers(case, f"{label}.{name}", results[name], case.tensor(f"{label}.{name}"))
