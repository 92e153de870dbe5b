"""One golden case: a JSON file, and the tensors in the safetensors file beside it."""

import re
from collections.abc import Callable
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
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: set[str] = set()

    @property
    def name(self) -> str:
        """File name without its ending."""
        return self.path.stem

    @property
    def folder(self) -> Path:
        """Where the case lies; what it refers to lies there too."""
        return self.path.parent

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
        """Another case of the same folder, to which this one refers.

        Args:
            name: Its usual name; tried first.
            fits: Whether a case holds what is looked for.

        Raises:
            CaseError: If no case of the folder fits.
        """
        others = [path for path in sorted(self.folder.glob("*.json")) if path != self.path]
        others.sort(key=lambda path: path.stem != name)
        for other in map(GoldenCase, others):
            if fits(other):
                return other
        raise CaseError(f"{self.path.name} refers to {name}.json, which must lie beside it")

    @cached_property
    def _tensors(self) -> dict[str, Tensor]:
        if not self.tensor_file.is_file():
            raise CaseError(f"{self.tensor_file.name} must lie beside {self.path.name}")
        return load_file(self.tensor_file)
