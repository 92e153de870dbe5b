"""Prompts to embeddings: cleaning, tokenizing, and the T5 encoder.

- Weights load on first need and can be freed; a cached prompt needs none.
- :meth:`TextEncoder.encode` runs on the prompt's own tokens; :meth:`TextEncoder.encode_padded` on all positions as
  the reference does. Padding is masked, so the rows of the prompt agree; short prompts are many times faster.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from generation.errors import ConfigError, OutOfMemory, WeightsError
from generation.text.cleaning import CleanedPrompt, clean_prompt
from generation.text.embedding_cache import CachedEmbeddings, EmbeddingCache, embedding_key
from generation.text.encoder_folder import find_encoder_folder
from generation.text.encoder_weights import load_encoder
from generation.text.tokenizer import Tokenizer, load_tokenizer

if TYPE_CHECKING:
    from transformers import T5EncoderModel

logger = logging.getLogger(__name__)

MAX_TOKENS = 800
_DTYPES = (torch.float32, torch.bfloat16, torch.float16)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class EncodedPrompt:
    """A prompt as the transformer reads it, and what the encoder did not read."""

    # (tokens, text_dim) float32 on the CPU; at least one row, the end of the text.
    embeddings: Tensor
    cleaned: CleanedPrompt
    # The end of the prompt was cut off: it has more tokens than the encoder takes.
    truncated: bool


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class PaddedPrompt:
    """A prompt at all positions of the encoder, padding included, as in the reference; all on the CPU."""

    # (1, max_tokens) int64.
    token_ids: Tensor
    # (1, max_tokens) int64, 1 where the prompt stands.
    mask: Tensor
    # (1, max_tokens, text_dim) float32; rows of padding are not zero.
    embeddings: Tensor


class TextEncoder:
    """A T5 encoder from a local folder of safetensors; one thread at a time.

    Making one checks the folder and reads no weights.
    """

    def __init__(
        self,
        folder: Path,
        *,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
        max_tokens: int = MAX_TOKENS,
        cache_folder: Path | None = None,
    ) -> None:
        """Check the folder and the settings.

        Args:
            folder: Of the encoder, or the folder around its ``t5-v1_1-xxl``.
            device: Where the encoder runs.
            dtype: In which it runs: float32 as in the reference, bfloat16 or float16.
            max_tokens: Prompts are cut here, the end-of-text token included.
            cache_folder: Where embeddings are kept between runs; None keeps none.

        Raises:
            ConfigError: If a setting is out of range.
            WeightsError: If the folder holds no T5 encoder in safetensors.
        """
        if dtype not in _DTYPES:
            raise ConfigError(f"the text encoder's dtype must be float32, bfloat16 or float16, got {dtype}")
        if max_tokens < 1:
            raise ConfigError(f"max_tokens must be at least 1, got {max_tokens}")
        self._folder = find_encoder_folder(folder)
        self._device = torch.device(device)
        self._dtype = dtype
        self._max_tokens = max_tokens
        self._cache = None if cache_folder is None else EmbeddingCache(cache_folder)
        self._identity: str | None = None
        self._tokenizer: Tokenizer | None = None
        self._model: T5EncoderModel | None = None

    @property
    def text_dim(self) -> int:
        """Width of the embeddings."""
        return self._folder.text_dim

    @property
    def is_loaded(self) -> bool:
        """Whether the weights are in memory."""
        return self._model is not None

    def encode(self, prompt: str) -> EncodedPrompt:
        """Clean a prompt and embed it, from the cache where possible.

        Args:
            prompt: Any text; an empty one has the single row of the end of the text.

        Raises:
            WeightsError: If the weights or the tokenizer are damaged or do not fit each other.
            OutOfMemory: If the device cannot hold the encoder.
        """
        cleaned = clean_prompt(prompt)
        entry = self._embed_cached(cleaned.text)
        return EncodedPrompt(embeddings=entry.embeddings, cleaned=cleaned, truncated=entry.truncated)

    def encode_padded(self, prompt: str) -> PaddedPrompt:
        """Embed all ``max_tokens`` positions, as the reference does; for comparing with it.

        Raises:
            WeightsError: As :meth:`encode`.
            OutOfMemory: As :meth:`encode`.
        """
        ids, _ = self._token_ids(clean_prompt(prompt).text)
        padding = self._max_tokens - len(ids)
        token_ids = torch.tensor([ids + [self._loaded_tokenizer().pad_id] * padding])
        mask = torch.tensor([[1] * len(ids) + [0] * padding])
        return PaddedPrompt(token_ids=token_ids, mask=mask, embeddings=self._run(token_ids, mask))

    def free(self) -> None:
        """Give the weights' memory back; the next prompt loads them again."""
        self._model = None
        if self._device.type == "cuda":
            torch.cuda.empty_cache()

    def _embed_cached(self, text: str) -> CachedEmbeddings:
        if self._cache is None:
            return self._embed(text)
        if self._identity is None:
            self._identity = self._folder.identity()
        key = embedding_key(identity=self._identity, dtype=self._dtype, max_tokens=self._max_tokens, text=text)
        entry = self._cache.get(key)
        if entry is None:
            entry = self._embed(text)
            self._cache.put(key, entry)
        return entry

    def _embed(self, text: str) -> CachedEmbeddings:
        ids, truncated = self._token_ids(text)
        token_ids = torch.tensor([ids])
        return CachedEmbeddings(embeddings=self._run(token_ids, torch.ones_like(token_ids))[0], truncated=truncated)

    def _token_ids(self, text: str) -> tuple[list[int], bool]:
        """Ids of a text, cut to fit with the end-of-text id kept, and whether they were cut."""
        ids = self._loaded_tokenizer()(text)
        if max(ids) >= self._folder.vocabulary_size:
            raise WeightsError(
                f"the tokenizer in {self._folder.path} makes token {max(ids)}, but the encoder knows only "
                f"{self._folder.vocabulary_size} tokens; they belong to different models"
            )
        if len(ids) <= self._max_tokens:
            return ids, False
        return [*ids[: self._max_tokens - 1], ids[-1]], True

    @torch.no_grad()
    def _run(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        with _memory_errors(self._device):
            model = self._loaded_model()
            output = model(input_ids=token_ids.to(self._device), attention_mask=mask.to(self._device))
            hidden: Tensor = output.last_hidden_state
            return hidden.float().cpu()

    def _loaded_tokenizer(self) -> Tokenizer:
        if self._tokenizer is None:
            self._tokenizer = load_tokenizer(self._folder.path)
        return self._tokenizer

    def _loaded_model(self) -> "T5EncoderModel":
        if self._model is None:
            started = time.perf_counter()
            self._model = load_encoder(self._folder, device=self._device, dtype=self._dtype)
            logger.info("loaded the text encoder on %s in %.1f s", self._device, time.perf_counter() - started)
        return self._model


@contextmanager
def _memory_errors(device: torch.device) -> Iterator[None]:
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise OutOfMemory(
            f"{device} has too little memory for the text encoder: {error}; run it on the CPU or in bfloat16"
        ) from error
