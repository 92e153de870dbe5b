"""The convert command: a folder of PyTorch's own weights gets safetensors, and nothing in it is ever run."""

from pathlib import Path

from rich.console import Console

from generation.cli.parsing import CommandParser, add_help
from generation.errors import WeightsError
from generation.weights.conversion import convert_folder, is_converted, needs_conversion

_USAGE = "python -m generation convert FOLDER"
_DESCRIPTION = """\
Puts safetensors beside the pytorch_model*.bin of a folder, as the text encoder
comes with. Tensors are copied byte by byte; nothing is unpickled or run. The
.bin files may be deleted afterwards."""


def run_convert(argv: list[str], *, console: Console) -> int:
    """Convert a folder.

    Args:
        argv: Without the command's name.
        console: Where people read.

    Returns:
        The exit status.

    Raises:
        RequestError: If the flags are wrong.
        WeightsError: If a file is missing, damaged, or anything but a checkpoint of plain tensors.
        StorageError: If the disk is too small or refuses.
    """
    parser = CommandParser(prog="python -m generation convert", usage=_USAGE, description=_DESCRIPTION)
    group = parser.add_argument_group("what to convert")
    group.add_argument("folder", type=Path, metavar="FOLDER", help="with pytorch_model.bin, or shards and their index")
    group.add_argument("--verbose", action="store_true", help="tracebacks")
    add_help(group)
    folder: Path = parser.parse_args(argv).folder
    if not folder.is_dir():
        raise WeightsError(f"the folder to convert must exist, found none at {folder}")
    if not needs_conversion(folder):
        if not is_converted(folder):
            raise WeightsError(f"{folder} must hold pytorch_model.bin or pytorch_model.bin.index.json, found neither")
        console.print(f"{folder} has whole safetensors already.", markup=False, soft_wrap=True)
        return 0
    with console.status("Converting; minutes for a large encoder ..."):
        convert_folder(folder)
    console.print(f"{folder} has safetensors now; its .bin files may be deleted.", markup=False, soft_wrap=True)
    return 0
