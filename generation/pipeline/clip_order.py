"""What a clip was begun with: kept beside a clip in the making, so that going on needs no flags."""

import json
from dataclasses import dataclass

from generation.contract.requests import GenerationRequest
from generation.errors import RequestError, StateError


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipOrder:
    """A request and how its model was asked for."""

    request: GenerationRequest
    # The command line, without the program's name.
    flags: tuple[str, ...]
    # The absolute folder that paths in the flags start from.
    folder: str
    # CPU threads that did the work: another count gives other bytes.
    threads: int
    # Name and version.
    software: str

    def to_json(self) -> str:
        """The order as readable JSON."""
        plain = {
            "request": json.loads(self.request.to_json()),
            "flags": list(self.flags),
            "folder": self.folder,
            "threads": self.threads,
            "software": self.software,
        }
        return json.dumps(plain, ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> "ClipOrder":
        """Read back what :meth:`to_json` wrote.

        Raises:
            StateError: If the text is anything else.
        """
        try:
            plain = json.loads(text)
            order = cls(
                request=GenerationRequest.from_json(json.dumps(plain["request"])),
                flags=tuple(plain["flags"]),
                folder=plain["folder"],
                threads=plain["threads"],
                software=plain["software"],
            )
        except (ValueError, TypeError, KeyError, RecursionError, RequestError) as error:
            raise StateError(f"it is not what a clip was begun with: {error}") from error
        texts = (*order.flags, order.folder, order.software)
        if not all(isinstance(text, str) for text in texts) or type(order.threads) is not int or order.threads < 1:
            raise StateError(
                "it is not what a clip was begun with: flags, folder, threads or software are of another kind"
            )
        return order
