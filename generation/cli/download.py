"""The download command: a model's weights, fetched whole and checked, however often it is interrupted."""

import argparse
import shutil
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from generation.cli.arguments import PROGRAM
from generation.cli.calling import command_line
from generation.cli.interruption import INTERRUPTED, Interruption
from generation.cli.parsing import CommandParser, add_help
from generation.errors import Cancelled, GenerationError
from generation.weights.catalog import CHECKPOINTS, HUB, REPOSITORY, REVISION, Checkpoint, CheckpointPart, PartKind
from generation.weights.download import DownloadProgress, Source, download
from generation.weights.folders import find_part
from generation.weights.hub.listing import Repository
from generation.weights.hub.transport import RetryPolicy, Transport

_USAGE = f"{PROGRAM} download NAME [--weights DIR] [--only PART]"
_DESCRIPTION = f"""\
Fetches the weights of a model from {HUB}/{REPOSITORY},
or from the mirror that HF_ENDPOINT names. Every file is checked by its hash.
Ctrl-C keeps what arrived; the same command goes on from there."""
_PARTS = {kind.value.replace(" ", "_"): kind for kind in PartKind}


def run_download(
    argv: list[str],
    *,
    endpoint: str | None,
    proxies: Mapping[str, str],
    console: Console,
    repository: str = REPOSITORY,
    policy: RetryPolicy = RetryPolicy(),  # noqa: B008 - frozen
) -> int:
    """Fetch a model's weights.

    Args:
        argv: Without the command's name.
        endpoint: Of a mirror; None or empty: the hub itself.
        proxies: Scheme to address, as ``urllib.request.getproxies`` gives them.
        console: Where people read.
        repository: At the hub, "owner/name".
        policy: How patiently faults are tried away.

    Returns:
        The exit status: 0, or 130 after Ctrl-C.

    Raises:
        RequestError: If the flags are wrong.
        ConfigError: If the name is none of those that can be fetched.
        DownloadError: If a file cannot be had whole; what arrived is kept.
        StorageError: If the disk is too small or refuses.
    """
    arguments = _build_parser().parse_args(argv)
    checkpoint = CHECKPOINTS[arguments.name]
    parts = [part for part in checkpoint.parts if arguments.only is None or part.kind is _PARTS[arguments.only]]
    source = Source(
        repository=Repository(endpoint=endpoint or HUB, name=repository, revision=REVISION),
        transport=Transport(policy=policy, proxies=proxies),
    )
    root: Path = arguments.weights
    _tell_plan(checkpoint, parts, root, source, console)
    again = command_line("download", *argv)
    try:
        _fetch(parts, root, source=source, console=console, shown=not arguments.quiet)
    except (Cancelled, KeyboardInterrupt):
        console.print("Stopped; what arrived is kept. Go on with:")
        console.print(f"  {again}", markup=False, soft_wrap=True)
        return INTERRUPTED
    except GenerationError:
        console.print("What arrived is kept; to go on later:")
        console.print(f"  {again}", markup=False, soft_wrap=True)
        raise
    _tell_result(checkpoint, root, console)
    return 0


def _build_parser() -> argparse.ArgumentParser:
    models = [
        f"  {name:24}  {found.num_bytes / 1e9:.0f} GB; runs on {found.preset.requirements.recommended}"
        for name, found in CHECKPOINTS.items()
    ]
    parser = CommandParser(
        prog=f"{PROGRAM} download", usage=_USAGE, description=_DESCRIPTION, epilog="\n".join(["models:", *models])
    )
    group = parser.add_argument_group("what to fetch, and where to")
    group.add_argument("name", choices=CHECKPOINTS, metavar="NAME", help="one of the models below")
    group.add_argument("--weights", type=Path, default=Path("downloads"), metavar="DIR", help="(downloads)")
    group.add_argument(
        "--only", choices=_PARTS, metavar="PART", help=f"one part only: {', '.join(_PARTS)} (all that is missing)"
    )
    group.add_argument("--quiet", action="store_true", help="no progress bar")
    group.add_argument("--verbose", action="store_true", help="a log line per file, and tracebacks")
    add_help(group)
    return parser


def _tell_plan(
    checkpoint: Checkpoint, parts: list[CheckpointPart], root: Path, source: Source, console: Console
) -> None:
    """Say how much is to come, what it runs on, and whether it fits, before the first byte."""
    existing = next(folder for folder in (root, *root.absolute().parents) if folder.exists())
    lines = [f"{checkpoint.preset.name} from {source.repository.endpoint}/{source.repository.name} into {root}:"]
    for part in parts:
        place = find_part(part, checkpoint.preset, root)
        lines.append(f"  {part.kind:14} {part.num_bytes / 1e9:5.1f} GB{f', is in {place}' if place else ''}")
    lines.append(f"Free on this disk: {shutil.disk_usage(existing).free / 1e9:.1f} GB.")
    lines.append(f"It runs on {checkpoint.hardware}.")
    console.print("\n".join(lines), markup=False, soft_wrap=True)


def _fetch(parts: list[CheckpointPart], root: Path, *, source: Source, console: Console, shown: bool) -> None:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not (shown and console.is_terminal)) as progress:
        task = progress.add_task("asking the hub", total=None)

        def report(state: DownloadProgress) -> None:
            words = "checking" if state.bytes_here == state.bytes_total else state.path.rsplit("/", 1)[-1]
            progress.update(task, description=words, completed=state.bytes_here, total=state.bytes_total)

        with Interruption(lambda: progress.update(task, description="stopping")) as interruption:
            download(
                parts,
                root,
                source=source,
                on_progress=report,
                should_stop=lambda: interruption.asked,
                wait=interruption.wait_or_stop,
            )


def _tell_result(checkpoint: Checkpoint, root: Path, console: Console) -> None:
    preset = checkpoint.preset
    missing = [part.kind.value for part in checkpoint.parts if find_part(part, preset, root) is None]
    if missing:
        console.print(f"Done. {preset.name} still lacks its {' and '.join(missing)}: the same command without --only.")
        return
    where = () if root == Path("downloads") else ("--weights", str(root))
    told = ("--controls", "none", "--prompt", "waves roll in", "--output_path", "waves.mp4")
    console.print(f"{preset.name} is complete. A first clip:")
    console.print(f"  {command_line('--preset', preset.name, *where, *told)}", markup=False, soft_wrap=True)
    console.print(
        "For --controls, put special_tokens.npz of the MAGI-1 source repository (example/assets) beside the weights."
    )
