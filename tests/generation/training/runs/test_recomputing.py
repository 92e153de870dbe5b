"""Activations computed again in the backward pass."""

import torch

from generation.model.window import ChunkWindow, PackedText
from generation.training.runs.recomputing import recompute_in_backward
from tests.support.models import tiny_dit


def window():
    generator = torch.Generator().manual_seed(0)
    return ChunkWindow(
        latents=torch.randn(1, 16, 12, 4, 4, generator=generator),
        timesteps=torch.rand(1, 2, generator=generator),
        text=PackedText(embeddings=torch.randn(3, 24, generator=generator), lengths=(2, 1)),
        first_chunk=0,
        key_ranges=((0, 1), (0, 2)),
    )


def test_gradients_are_the_same_and_names_stay():
    plain, recomputed = (tiny_dit(0).requires_grad_(True) for _ in range(2))
    names = [name for name, _ in recomputed.named_parameters()]

    recompute_in_backward(recomputed.blocks)
    for dit in (plain, recomputed):
        dit(window()).square().mean().backward()

    assert [name for name, _ in recomputed.named_parameters()] == names
    for own, expected in zip(recomputed.parameters(), plain.parameters(), strict=True):
        assert torch.equal(own.grad, expected.grad)


def numbers_kept(dit):
    sizes = []

    def keep(tensor):
        sizes.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        dit(window())
    return sum(sizes)


def test_less_is_kept_for_the_backward_pass():
    dit = tiny_dit(0).requires_grad_(True)
    plain = numbers_kept(dit)

    recompute_in_backward(dit.blocks)

    assert numbers_kept(dit) < plain / 5


def test_forward_without_gradients_is_the_same():
    dit = tiny_dit(0)
    with torch.no_grad():
        before = dit(window())
        recompute_in_backward(dit.blocks)
        after = dit(window())

    assert torch.equal(before, after)
