"""Prompts, embedded: token ids, masks, and hidden states at every position."""

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import torch

from generation.text.encoder import MAX_TOKENS, PaddedPrompt, TextEncoder
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison, compare, compare_fact
from generation.verification.record import CaseError
from generation.verification.tolerances import SAME, TEXT

ENCODER_FILES = "*/*/spiece.model"
RESULTS = {"input_ids": SAME, "attention_mask": SAME, "attention_mask_sum": SAME, "last_hidden_state": TEXT}
RESULT = re.compile(
    r"(?P<label>\w+)\.(?P<result>input_ids|attention_mask_sum|attention_mask|last_hidden_state)(?:_tail(?P<tail>\d+))?"
)
# A batch of several prompts, a prompt at another length, and a prompt that is said only in the words of the case.
BATCH = re.compile(r"batch(\d+)")
OTHER_LENGTH = re.compile(r"(\w+)_(\d+)")
REPEATED = re.compile(r'(\w+) prompt = "([^"]*)" x\s?(\d+)')


def check_text_encoder(case: GoldenCase) -> Iterator[Comparison]:
    """Embed every prompt of a case."""
    prompts = GoldenPrompts(case)
    for name, prompt in case.record.named_records("cases").items():
        encoded = prompts.encoder(prompt.integer("max_length")).encode(prompt.text("prompt"))
        yield compare_fact(f"{name}.cleaned", encoded.cleaned.text, prompt.text("cleaned"))
        rows = case.tensor(f"{name}.last_hidden_state")[0, : len(encoded.embeddings)]
        yield compare(f"{name}, its own tokens alone", encoded.embeddings, rows, TEXT)
    for match in filter(None, map(RESULT.fullmatch, case.tensor_names)):
        padded, expected = prompts.padded(match["label"]), case.tensor(match[0])
        results = {
            "input_ids": padded.token_ids,
            "attention_mask": padded.mask,
            "attention_mask_sum": padded.mask.sum(dim=1),
            "last_hidden_state": padded.embeddings,
        }
        found = results[match["result"]]
        if match["tail"]:
            found = found[:, -int(match["tail"]) :]
        yield compare(match[0], found, expected, RESULTS[match["result"]])


class GoldenPrompts:
    """The prompts of a case by the labels of its tensors.

    Args:
        case: Its encoder lies beside it.
    """

    def __init__(self, case: GoldenCase) -> None:
        self._case = case
        self._encoders: dict[int, TextEncoder] = {}
        self._padded: dict[tuple[str, int], PaddedPrompt] = {}

    def encoder(self, max_tokens: int) -> TextEncoder:
        """The encoder at a length."""
        if max_tokens not in self._encoders:
            self._encoders[max_tokens] = TextEncoder(self._folder, max_tokens=max_tokens)
        return self._encoders[max_tokens]

    def padded(self, label: str) -> PaddedPrompt:
        """What a label's prompts become: one below the other for a batch.

        Raises:
            CaseError: If the case does not say which prompt it is.
        """
        cases = self._case.record.named_records("cases")
        if label in cases:
            return self._embed(cases[label].text("prompt"), cases[label].integer("max_length"))
        if match := BATCH.fullmatch(label):
            parts = [self.padded(name) for name in self._batched(match[1])]
            return PaddedPrompt(
                token_ids=torch.cat([part.token_ids for part in parts]),
                mask=torch.cat([part.mask for part in parts]),
                embeddings=torch.cat([part.embeddings for part in parts]),
            )
        match = OTHER_LENGTH.fullmatch(label)
        if match and match[1] in cases:
            return self._embed(cases[match[1]].text("prompt"), int(match[2]))
        for repeated in REPEATED.finditer(self._case.record.text_or("what", "")):
            if repeated[1] == label:
                length = int(match[2]) if match else MAX_TOKENS
                return self._embed(" ".join([repeated[2]] * int(repeated[3])), length)
        raise CaseError(f"the case must say which prompt {label} is")

    def _batched(self, digits: str) -> list[str]:
        names = list(self._case.record.record("cases").names)
        if any(int(digit) >= len(names) for digit in digits):
            raise CaseError(f"batch{digits} must name prompts by number, of which there are {len(names)}")
        return [names[int(digit)] for digit in digits]

    def _embed(self, prompt: str, max_tokens: int) -> PaddedPrompt:
        key = (prompt, max_tokens)
        if key not in self._padded:
            self._padded[key] = self.encoder(max_tokens).encode_padded(prompt)
        return self._padded[key]

    @cached_property
    def _folder(self) -> Path:
        found = [path.parent for path in self._case.files(ENCODER_FILES)]
        if len(found) != 1:
            raise CaseError(f"one text encoder must lie beside {self._case.name}, got {[path.name for path in found]}")
        return found[0]
