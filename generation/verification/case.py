"""One golden case: a JSON file, and the tensors in the safetensors file beside it."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor

from generation.verification.record import CaseError, Record, read_record


class GoldenCase:
    """A case, which remembers what of it was looked at.

    A tensor that no check reads is a tensor that nobody compared; the verifier counts it as a failure.

    Args:
        path: The JSON file.
        elsewhere: Folders in which to look for what does not lie beside it.
    """

    def __init__(self, path: Path, *, elsewhere: Sequence[Path] = ()) -> None:
        self.path = path
        self._folders = (path.parent, *elsewhere)
        self._read: set[str] = set()

    @property
    def name(self) -> str:
        """File name without its ending."""
        return self.path.stem

    def file(self, name: str) -> Path:
        """A file or folder that the case refers to; where it should be, if there is none."""
        places = [folder / name for folder in self._folders]
        return next((place for place in places if place.exists()), places[0])

    def files(self, pattern: str) -> list[Path]:
        """What a glob matches in the nearest folder that has any of it."""
        found = (sorted(folder.glob(pattern)) for folder in self._folders)
        return next((paths for paths in found if paths), [])

    @cached_property
    def record(self) -> Record:
        """The JSON object.

        Raises:
            CaseError: If the file holds none.
        """
        return read_record(self.path)

    @property
    def tensor_file(self) -> Path:
        """The safetensors file, whether it is there or not."""
        return self.path.with_suffix(".safetensors")

    @cached_property
    def tensor_names(self) -> tuple[str, ...]:
        """Names of all tensors; none without a file."""
        if not self.tensor_file.is_file():
            return ()
        with safe_open(self.tensor_file, "pt") as file:
            return tuple(file.keys())

    def tensor(self, name: str) -> Tensor:
        """A tensor, from now on counted as looked at.

        Raises:
            CaseError: If there is none.
        """
        if name not in self._tensors:
            raise CaseError(f"{self.tensor_file.name} must have the tensor {name!r}")
        self._read.add(name)
        return self._tensors[name]

    def matching(self, pattern: str) -> list[re.Match[str]]:
        """The tensor names that a regular expression matches whole."""
        matches = (re.fullmatch(pattern, name) for name in self.tensor_names)
        return [match for match in matches if match is not None]

    @property
    def unread(self) -> tuple[str, ...]:
        """Tensors that nobody has asked for."""
        return tuple(name for name in self.tensor_names if name not in self._read)

    def beside(self, name: str, fits: Callable[["GoldenCase"], bool]) -> "GoldenCase":
        """Another case to which this one refers, of the same folder if it has one.

        Args:
            name: Its usual name; tried first.
            fits: Whether a case holds what is looked for.

        Raises:
            CaseError: If no case fits.
        """
        for folder in self._folders:
            paths = [path for path in sorted(folder.glob("*.json")) if path != self.path]
            for path in sorted(paths, key=lambda path: path.stem != name):
                other = GoldenCase(path, elsewhere=self._folders)
                if fits(other):
                    return other
        raise CaseError(f"{self.path.name} refers to {name}.json, which must lie beside it")

    @cached_property
    def _tensors(self) -> dict[str, Tensor]:
        if not self.tensor_file.is_file():
            raise CaseError(f"{self.tensor_file.name} must lie beside {self.path.name}")
        return load_file(self.tensor_file)
