"""Several processes that train one model together: each takes a share of every batch, all take the same step.

Every process draws the whole batch's random numbers and works on its own rows, so a team of any size computes what one
process would, up to the order of additions. Gradients are averaged after the backward pass. (The library's wrapper
overlaps that with the backward pass, but wants a single forward in which every parameter takes part; the text encoder
has no part in steps without captions, and distillation has several forwards. For models of this size the exchange is
small either way.)

Start with ``python -m torch.distributed.run --nproc-per-node 2 -m generation train ...``.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed

from generation.errors import ConfigError


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """One process's place among those that train together; of size 1 it is alone and nothing is exchanged."""

    rank: int = 0
    size: int = 1
    # Where tensors are exchanged.
    device: str = "cpu"

    @property
    def is_first(self) -> bool:
        """The first process writes; the others only compute."""
        return self.rank == 0

    def rows(self, batch: int) -> slice:
        """This process's rows of a joint batch.

        Raises:
            ConfigError: If the batch cannot be shared out evenly.
        """
        if batch % self.size:
            raise ConfigError(f"batches must be multiples of the {self.size} processes, got {batch}")
        share = batch // self.size
        return slice(self.rank * share, (self.rank + 1) * share)

    def average_gradients(self, parameters: Iterable[Tensor]) -> None:
        """Replace the gradients by their mean over the team; a parameter without one must lack it everywhere."""
        if self.size == 1:
            return
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
        distributed.all_reduce(flat)
        flat /= self.size
        for gradient, mean in zip(
            gradients, torch.split(flat, [gradient.numel() for gradient in gradients]), strict=True
        ):
            gradient.copy_(mean.view_as(gradient))

    def any(self, flag: bool) -> bool:  # noqa: FBT001 - reads like the built-in
        """Whether the flag is set in any process."""
        if self.size == 1:
            return flag
        raised = torch.tensor(float(flag), device=self.device)
        distributed.all_reduce(raised)
        return bool(raised)

    def total(self, totals: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
        """Add up sums and counts of the same names over the team."""
        if self.size == 1:
            return totals
        names = sorted(totals)
        values = torch.tensor([totals[name] for name in names], device=self.device)
        distributed.all_reduce(values)
        return {name: (float(total), float(count)) for name, (total, count) in zip(names, values, strict=True)}


ALONE = Team()


@contextmanager
def joined_team(device: torch.device) -> Iterator[Team]:
    """Train among the processes that the launcher started while the block runs; alone without one.

    Args:
        device: Where this process trains.
    """
    if not distributed.is_torchelastic_launched():
        yield ALONE
        return
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Team(rank=distributed.get_rank(), size=distributed.get_world_size(), device=str(device))
        # Gloo's threads keep the last exchange's tensors a moment longer than the exchange; a process that ends in
        # that moment aborts, because they are Python's to free. A barrier has none. After an error nobody waits: the
        # others may never come.
        distributed.barrier()
    finally:
        distributed.destroy_process_group()


def device_of_process(name: str) -> torch.device:
    """The device of a process: ``cuda`` is the GPU of its number on this machine."""
    if name == "cuda" and distributed.is_torchelastic_launched():
        return torch.device("cuda", distributed.get_node_local_rank())
    return torch.device(name)
