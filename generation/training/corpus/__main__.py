"""Look at the corpus and time it: ``python -m generation.training.corpus --sheet clips.png``."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

from generation.training.corpus.config import CorpusConfig
from generation.training.corpus.contact_sheet import write_contact_sheet
from generation.training.corpus.procedural import ProceduralCorpus


def main() -> None:
    """Make some clips, print their captions and the rate, and draw them if asked."""
    parser = argparse.ArgumentParser(prog="python -m generation.training.corpus", description=__doc__)
    parser.add_argument("--height", type=int, default=64)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--canvas_size", type=int, default=512)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="index of the first clip")
    parser.add_argument("--clips", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=4, help="batches to time")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--sheet", type=Path, help="a PNG to draw the first batch into")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    config = CorpusConfig(
        height=given.height, width=given.width, frames=given.frames, canvas_size=given.canvas_size, seed=given.seed
    )
    corpus = ProceduralCorpus(config, device=given.device)
    batch = corpus.batch(range(given.first, given.first + given.clips))
    sys.stdout.write("\n".join(batch.captions) + "\n")
    if given.sheet:
        write_contact_sheet(given.sheet, list(batch.frames), batch.captions, side=128)
        sys.stdout.write(f"drawn into {given.sheet}\n")
    _time(corpus, range(given.first, given.first + given.clips), given.repeats)


def _time(corpus: ProceduralCorpus, indices: range, repeats: int) -> None:
    """Rates once the canvases are painted, and with the share of painting that a long run pays."""
    config = corpus.config
    clip = _seconds(lambda: [corpus.batch(indices) for _ in range(repeats)], repeats * len(indices), corpus.device)
    fresh = ProceduralCorpus(config, device=str(corpus.device))
    canvas = _seconds(lambda: [fresh.canvases.atlas(number) for number in range(16)], 16, corpus.device)
    for place, name in enumerate(("wall clock", "CPU")):
        long_run = clip[place] + canvas[place] / config.clips_per_canvas
        sys.stdout.write(
            f"{config.width} x {config.height} x {config.frames}, per second of {name}: {1 / clip[place]:.1f} clips, "
            f"{1 / canvas[place]:.1f} canvases, {1 / long_run:.1f} clips in a long run\n"
        )


def _seconds(work: Callable[[], object], count: int, device: torch.device) -> tuple[float, float]:
    """Wall-clock and processor seconds per item."""
    start, busy = time.perf_counter(), time.process_time()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return (time.perf_counter() - start) / count, (time.process_time() - busy) / count


if __name__ == "__main__":
    main()
