"""Attention over ranks on this machine: bytes and seconds against gathering all keys and against Ulysses."""

import argparse
import json
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from statistics import median

import torch
from torch import Tensor
from torch import distributed as dist

from kernels.distributed.op import Ranks, SharedSequence, SharingOptions, Way, distributed_attention, share
from kernels.errors import PeerLost, UnsupportedInput
from kernels.planning.masks import Mask, block_causal, sliding_window
from kernels.planning.plan import key_for

HELP = "attention over ranks against gathering all keys and against Ulysses"
HEADS, KV_HEADS, HEAD_SIZE = 4, 2, 64
TIMEOUT = 120.0
WARM_UPS = 1
COLUMNS = "forward    all  time"
# Ours in several numbers of stages, then the rivals.
# Gathering keeps all keys for the backward pass; ours that keep what they fetched are to be held against it.
OURS = {
    f"{stages} stages{', kept' * keep}": SharingOptions(stages=stages, part_rows=64, keep_fetched=keep)
    for stages in (0, 1, 2)
    for keep in (False, True)
}
RIVALS = {"gathered": Way.GATHERED, "Ulysses": Way.ULYSSES}


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """One way: bytes that ranks got forward, those and the ones of the backward pass, the worst rank's, and seconds."""

    forward: int
    received: int
    worst: int
    seconds: float


def add_options(parser: argparse.ArgumentParser) -> None:
    """What can be chosen."""
    parser.add_argument("--ranks", type=int, default=2, help="processes (2)")
    parser.add_argument("--tokens", type=int, default=2048, help="of the whole sequence (2048)")
    parser.add_argument("--turns", type=int, default=5, help="how often each is timed (5)")


def masks_of(tokens: int) -> dict[str, Mask]:
    """What is measured: block-causal as film is trained, with and without a limited history; a window of an eighth."""
    block = max(1, tokens // 8)
    return {
        "8 chunks": block_causal(tokens, block=block),
        "8 chunks, span 3": block_causal(tokens, block=block, span=3),
        "window": sliding_window(tokens, left=block, right=0),
    }


def run(chosen: argparse.Namespace) -> Iterator[str]:
    """The figures, line by line.

    Raises:
        UnsupportedInput: If a number does not fit.
        PeerLost: If a process ends or is too slow.
    """
    if min(chosen.ranks, chosen.turns) < 1 or chosen.tokens < 8 * chosen.ranks or KV_HEADS % chosen.ranks:
        raise UnsupportedInput(
            f"turns must be at least 1, ranks divide {KV_HEADS}, and tokens be at least 8 per rank, "
            f"got {chosen.turns}, {chosen.ranks} and {chosen.tokens}"
        )
    yield (
        f"{chosen.ranks} gloo ranks with one thread each, {chosen.tokens} tokens, {HEADS} heads on {KV_HEADS} of "
        f"{HEAD_SIZE}, float32; bytes of all ranks, and the median seconds of the slowest rank, forward and backward"
    )
    yield f"{'':32}{'MiB':>7} {'worst':>7} {'ms':>6}" + "".join(f"{f'of {rival}:':>18} {COLUMNS}" for rival in RIVALS)
    for name, ways in _in_processes(chosen.ranks, chosen.tokens, chosen.turns).items():
        for way, found in ways.items():
            yield _line(f"{name}, {way}", found, [ways[rival] for rival in RIVALS])
    yield "NCCL: not run"


def _line(name: str, found: Measured, rivals: list[Measured]) -> str:
    """Bytes and seconds of one way, and over each rival's the bytes forward, the bytes in all, and the seconds."""
    ratios = "".join(
        f"{_ratio(found.forward, rival.forward):26.3f} {_ratio(found.received, rival.received):6.3f} "
        f"{_ratio(found.seconds, rival.seconds):5.2f}"
        for rival in rivals
    )
    size, worst = found.received / 2**20, found.worst / 2**20
    return f"{name:32}{size:7.2f} {worst:7.2f} {found.seconds * 1e3:6.0f}{ratios}"


def _ratio(ours: float, theirs: float) -> float:
    """Ours over theirs; 1 if neither has any."""
    return ours / theirs if theirs else float(ours == theirs)


def _in_processes(ranks: int, tokens: int, turns: int) -> dict[str, dict[str, Measured]]:
    """Measure in one process per rank."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        pipes = [context.Pipe(duplex=False) for _ in range(ranks)]
        processes = [
            context.Process(target=_serve, args=(rank, ranks, f"{folder}/store", (tokens, turns), pipe[1]), daemon=True)
            for rank, pipe in enumerate(pipes)
        ]
        for process in processes:
            process.start()
        for _, ending in pipes:
            # Ours stays open in the child alone, so that its end is noticed.
            ending.close()
        try:
            heard = [json.loads(hearing.recv_bytes()) for hearing, _ in pipes]
            for process in processes:
                process.join(TIMEOUT)
        except EOFError as error:
            raise PeerLost("every process must live until all is measured, and one has ended") from error
        finally:
            for process in processes:
                process.kill()
                process.join()
    return {
        name: {
            way: Measured(
                forward=sum(said[name][way]["forward"] for said in heard),
                received=sum(said[name][way]["received"] for said in heard),
                worst=max(said[name][way]["received"] for said in heard),
                seconds=max(said[name][way]["seconds"] for said in heard),
            )
            for way in ways
        }
        for name, ways in heard[0].items()
    }


def _serve(rank: int, ranks: int, store: str, sizes: tuple[int, int], saying: Connection) -> None:
    """One rank's life."""
    torch.set_num_threads(1)
    dist.init_process_group(
        "gloo",
        init_method=f"file://{store}",
        rank=rank,
        world_size=ranks,
        timeout=timedelta(seconds=TIMEOUT),
    )
    said = measure(Ranks(timeout=TIMEOUT), tokens=sizes[0], turns=sizes[1])
    saying.send_bytes(json.dumps(said).encode())
    # Others may be sending still.
    dist.barrier()
    dist.destroy_process_group()


def measure(ranks: Ranks, *, tokens: int, turns: int) -> dict[str, dict[str, dict[str, float]]]:
    """Bytes forward, bytes received in all, and seconds, by mask and way, of this rank; all come here.

    Args:
        ranks: Who takes part.
        tokens: Of the whole sequence.
        turns: Timed, at least 1; ways take turns, so that whatever else the machine does slows all.
    """
    found = {}
    for name, mask in masks_of(tokens).items():
        key = key_for(mask, rows=tokens, ranks=ranks.size)
        ways = {way: (share(key, ranks, options=options), Way.STAGED) for way, options in OURS.items()}
        ways |= {rival: (share(key, ranks), way) for rival, way in RIVALS.items()}
        inputs = _draw(ways["gathered"][0].own_rows, seed=ranks.rank)
        timed = [{way: _once(inputs, *how) for way, how in ways.items()} for _ in range(WARM_UPS + turns)][WARM_UPS:]
        found[name] = {way: timed[0][way] | {"seconds": median(turn[way]["seconds"] for turn in timed)} for way in ways}
    return found


def _once(inputs: list[Tensor], shared: SharedSequence, way: Way) -> dict[str, float]:
    ranks = shared.ranks
    query, key, value = (part.detach().requires_grad_() for part in inputs)
    # All start together.
    ranks.gather(b"ready", room=8)
    ranks.traffic.reset()
    start = time.perf_counter()
    out = distributed_attention(query, key, value, shared, way=way).out
    forward = sum(ranks.traffic.received)
    torch.autograd.backward(out.sum())
    seconds = time.perf_counter() - start
    return {"forward": forward, "received": sum(ranks.traffic.received), "seconds": seconds}


def _draw(rows: int, *, seed: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(1, rows, heads, HEAD_SIZE, generator=generator) for heads in (HEADS, KV_HEADS, KV_HEADS)]
