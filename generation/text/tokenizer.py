"""From cleaned text to token ids, by whichever tokenizer lies in an encoder's folder."""

from pathlib import Path
from typing import Protocol

from generation.errors import WeightsError

_SENTENCEPIECE_FILE = "spiece.model"


class Tokenizer(Protocol):
    """Turns text into ids; never pads or truncates."""

    pad_id: int

    def __call__(self, text: str) -> list[int]:
        """The ids of a text, the end-of-text id last; of an empty text just that one."""


class SentencePieceTokenizer:
    """T5's tokenizer as it was trained, straight from ``spiece.model``.

    The ids are those of transformers' slow T5 tokenizer. ``<extra_id_0>`` and its like in a prompt are read as plain
    text.
    """

    def __init__(self, path: Path) -> None:
        # Here because only processes that encode need the library.
        from sentencepiece import SentencePieceProcessor

        try:
            self._pieces = SentencePieceProcessor(model_file=str(path))
        except (RuntimeError, OSError) as error:
            raise WeightsError(f"{path} is not a sentencepiece model: {error}; download it again") from error
        self._end_id: int = self._pieces.eos_id()
        self.pad_id: int = self._pieces.pad_id()
        if self._end_id < 0 or self.pad_id < 0:
            raise WeightsError(f"{path} must have an end-of-text and a padding token, as T5's tokenizers do")

    def __call__(self, text: str) -> list[int]:
        """The ids of a text, the end-of-text id last."""
        return [*self._pieces.encode(text), self._end_id]


class TransformersTokenizer:
    """Any other tokenizer that transformers knows, such as ByT5's, which needs no vocabulary file."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoTokenizer

        try:
            self._tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
        # A damaged file raises bare Exception there.
        except Exception as error:
            raise WeightsError(f"no tokenizer can be read from {folder}: {error}") from error
        if self._tokenizer.eos_token_id is None or self._tokenizer.pad_token_id is None:
            raise WeightsError(f"the tokenizer in {folder} must have an end-of-text and a padding token")
        self._end_id: int = self._tokenizer.eos_token_id
        self.pad_id: int = self._tokenizer.pad_token_id

    def __call__(self, text: str) -> list[int]:
        """The ids of a text, the end-of-text id last."""
        ids: list[int] = self._tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
        return [*ids, self._end_id]


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of an encoder's folder; nothing is downloaded.

    Raises:
        WeightsError: If there is none, or it is damaged.
    """
    if (folder / _SENTENCEPIECE_FILE).is_file():
        return SentencePieceTokenizer(folder / _SENTENCEPIECE_FILE)
    return TransformersTokenizer(folder)
