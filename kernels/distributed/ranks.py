"""The processes that share a sequence: who they are, how rows go between them, and how many bytes did."""

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from datetime import timedelta
from typing import TypeVar

import torch
from torch import Tensor
from torch import distributed as dist

from kernels.errors import PeerLost, UnsupportedInput

Kept = TypeVar("Kept")
KEPT = 64


class Traffic:
    """Bytes of rows by peer, a rank's copies to itself left out, and the exchanges they went in."""

    def __init__(self, ranks: int) -> None:
        self.sent = [0] * ranks
        self.received = [0] * ranks
        self.exchanges = 0

    def reset(self) -> None:
        """Count from 0 again."""
        self.sent[:] = self.received[:] = [0] * len(self.sent)
        self.exchanges = 0


class Arrival:
    """Rows on their way."""

    def __init__(self, ranks: "Ranks", rows: Tensor, work: dist.Work | None, sent: Tensor) -> None:
        self._ranks, self._rows, self._work = ranks, rows, work
        # Sending goes on until waited for.
        self._sent: Tensor | None = sent

    def wait(self) -> Tensor:
        """The rows, when they are there.

        Raises:
            PeerLost: If a rank does not answer in time or has ended.
        """
        if self._work is not None:
            self._ranks.wait(self._work, self._rows.device)
        self._work = self._sent = None
        return self._rows


class Ranks:
    """One rank's view of a process group; also keeps what was planned for it.

    Args:
        group: As ``torch.distributed`` makes it, all processes if not given. With gloo tensors are on processors, with
            NCCL on GPUs.
        timeout: Seconds to wait for a peer, above 0. NCCL goes by the group's own.

    Raises:
        UnsupportedInput: If there is no group, this process is not in it, or the timeout does not fit.
    """

    def __init__(self, group: dist.ProcessGroup | None = None, *, timeout: float = 60.0) -> None:
        if not dist.is_available() or not dist.is_initialized():
            raise UnsupportedInput("torch.distributed must be running: call init_process_group first")
        if not 0 < timeout < math.inf:
            raise UnsupportedInput(f"timeout must be finite and above 0 seconds, got {timeout}")
        self.group = dist.group.WORLD if group is None else group
        self.rank = dist.get_rank(self.group)
        if self.rank < 0:
            raise UnsupportedInput("this process must be in the group, and is not")
        self.size = dist.get_world_size(self.group)
        self.timeout = timeout
        self.traffic = Traffic(self.size)
        self._kept: OrderedDict[Hashable, object] = OrderedDict()

    @property
    def on_processors(self) -> bool:
        """Whether what travels must be in the memory of processors."""
        return "gloo" in dist.get_backend(self.group)

    def exchange(self, rows: Tensor, sent: Sequence[int], received: Sequence[int]) -> Arrival:
        """Send rows to every peer and get some from each; goes on in the background.

        Args:
            rows: ``(rows, ...)`` in the order of the peers.
            sent: How many are for each.
            received: How many come from each.

        Returns:
            To be waited for; ``(rows, ...)`` in the order of the peers.

        Raises:
            PeerLost: If a rank has ended.
        """
        rows = rows.contiguous()
        arriving = rows.new_empty((sum(received), *rows.shape[1:]))
        try:
            work = dist.all_to_all_single(
                arriving, rows, list(received), list(sent), group=self.group, async_op=True
            )  # fmt: skip
        except RuntimeError as error:
            raise self._lost(error) from error
        row_bytes = rows.element_size() * math.prod(rows.shape[1:])
        self.traffic.exchanges += 1
        for peer in range(self.size):
            if peer != self.rank:
                self.traffic.sent[peer] += sent[peer] * row_bytes
                self.traffic.received[peer] += received[peer] * row_bytes
        return Arrival(self, arriving, work, rows)

    def gather(self, words: bytes, *, room: int) -> list[bytes]:
        """What every rank says, in order.

        Args:
            words: At most ``room`` bytes, without trailing zero bytes.
            room: The same on every rank.

        Raises:
            PeerLost: If a rank does not answer in time or has ended.
        """
        device = torch.device("cpu") if self.on_processors else torch.device("cuda", torch.cuda.current_device())
        said = torch.frombuffer(bytearray(words.ljust(room, b"\0")), dtype=torch.uint8).to(device)
        heard = [torch.empty_like(said) for _ in range(self.size)]
        try:
            work = dist.all_gather(heard, said, group=self.group, async_op=True)
        except RuntimeError as error:
            raise self._lost(error) from error
        if work is not None:
            self.wait(work, device)
        return [one.cpu().numpy().tobytes().rstrip(b"\0") for one in heard]

    def wait(self, work: dist.Work, device: torch.device) -> None:
        """Wait for something under way.

        Raises:
            PeerLost: If a rank does not answer in time or has ended.
        """
        try:
            if device.type == "cpu":
                work.wait(timedelta(seconds=self.timeout))
            else:
                # Lets the stream wait, not this process.
                work.wait()
        except RuntimeError as error:
            raise self._lost(error) from error

    def kept(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What was made for a key, or made now; the one that was not asked for longest goes."""
        if key in self._kept:
            self._kept.move_to_end(key)
        else:
            self._kept[key] = make()
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]  # type: ignore[return-value]  # made by the same maker for the same key

    def _lost(self, error: RuntimeError) -> PeerLost:
        return PeerLost(
            f"rank {self.rank} of {self.size} needs all ranks to answer within {self.timeout:g} s; one has ended, "
            f"does something else, or is too slow: {str(error).splitlines()[0]}"
        )
