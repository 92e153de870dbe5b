"""What every chunk is told: its prompt, its control tokens, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from generation.errors import RequestError, StateError
from generation.model.window import PackedText
from generation.sampling.protocol import ChunkModel
from generation.sampling.sealed import content_digest, seal, unseal

KIND = "text of a clip"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ChunkTexts:
    """The text of every generated chunk, as embeddings; equal texts are held once.

    Made by :meth:`of`. ``key`` names the content: a sampler state remembers it and refuses to go on with other text.
    """

    # Distinct texts and token groups, each (rows, text_dim) float32 on the CPU; 0 rows allowed.
    rows: tuple[Tensor, ...]
    # Per generated chunk, which of the rows are its prompt and which its control tokens.
    prompt_of_chunk: tuple[int, ...]
    controls_of_chunk: tuple[int, ...]
    # Tokens put into the null text, to steer away from them; (rows, text_dim), usually 0 rows.
    negative: Tensor
    key: str = field(init=False)

    def __post_init__(self) -> None:
        """Compute the key."""
        object.__setattr__(self, "key", content_digest(self._tensors(), self._header()))

    @classmethod
    def of(
        cls,
        prompts: Sequence[Tensor],
        *,
        controls: Sequence[Tensor] | None = None,
        negative: Tensor | None = None,
    ) -> "ChunkTexts":
        """Collect the texts of a clip.

        Args:
            prompts: Per generated chunk the valid rows of its prompt's embedding, ``(rows, text_dim)``. A prompt of 0
                rows leaves its chunk without text: it gets the null text, and its control tokens are lost.
            controls: Per generated chunk the control token rows in final order; they stand before the prompt.
            negative: Token rows that stand before the null text.

        Raises:
            RequestError: If there is no prompt, or shapes or counts do not fit together.
        """
        if not prompts:
            raise RequestError("a clip must have text for at least one chunk, got none")
        text_dim = prompts[0].shape[-1]
        nothing = torch.zeros(0, text_dim)
        groups = [nothing] * len(prompts) if controls is None else list(controls)
        if len(groups) != len(prompts):
            raise RequestError(f"control tokens must be given per chunk ({len(prompts)}), got {len(groups)}")
        negative = nothing if negative is None else negative
        for rows in (*prompts, *groups, negative):
            if rows.dim() != 2 or rows.shape[1] != text_dim:
                raise RequestError(f"text rows must be (rows, {text_dim}), got {tuple(rows.shape)}")
        distinct: dict[str, int] = {}
        held: list[Tensor] = []

        def index_of(rows: Tensor) -> int:
            rows = rows.detach().to("cpu", torch.float32).contiguous()
            position = distinct.setdefault(content_digest({"rows": rows}, {}), len(held))
            if position == len(held):
                held.append(rows)
            return position

        return cls(
            prompt_of_chunk=tuple(index_of(rows) for rows in prompts),
            controls_of_chunk=tuple(index_of(rows) for rows in groups),
            rows=tuple(held),
            negative=negative.detach().to("cpu", torch.float32).contiguous(),
        )

    @property
    def num_chunks(self) -> int:
        """Generated chunks for which there is text."""
        return len(self.prompt_of_chunk)

    def conditional_rows(self, index: int) -> Tensor | None:
        """Control tokens and prompt of a generated chunk, ``(rows, text_dim)``; None without a prompt."""
        prompt = self.rows[self.prompt_of_chunk[index]]
        if not len(prompt):
            return None
        return torch.cat([self.rows[self.controls_of_chunk[index]], prompt])

    def to_bytes(self) -> bytes:
        """The texts as one safetensors blob."""
        return seal(KIND, self._tensors(), self._header())

    @classmethod
    def from_bytes(cls, blob: bytes) -> "ChunkTexts":
        """Read back what :meth:`to_bytes` wrote.

        Raises:
            StateError: If it is anything else.
        """
        tensors, header = unseal(KIND, blob)
        try:
            return cls(
                rows=tuple(tensors[f"rows.{index}"] for index in range(len(tensors) - 1)),
                prompt_of_chunk=tuple(header["prompt_of_chunk"]),
                controls_of_chunk=tuple(header["controls_of_chunk"]),
                negative=tensors["negative"],
            )
        except KeyError as error:
            raise StateError(f"the text of a clip must hold {error}; it was written by another version") from error

    def _tensors(self) -> dict[str, Tensor]:
        return {"negative": self.negative} | {f"rows.{index}": rows for index, rows in enumerate(self.rows)}

    def _header(self) -> dict[str, list[int]]:
        return {
            "prompt_of_chunk": list(self.prompt_of_chunk),
            "controls_of_chunk": list(self.controls_of_chunk),
        }


class WindowTexts:
    """The texts of the chunks in flight, on the model's device, packed as a forward wants them.

    Args:
        texts: Of the clip.
        model: Gives the null text and the limits.
        chunks: In flight, on the clip's axis.
        num_prefix_chunks: Whole prefix chunks before the first generated one.
    """

    def __init__(self, texts: ChunkTexts, model: ChunkModel, *, chunks: range, num_prefix_chunks: int) -> None:
        config = model.config
        null_text = model.null_text.detach().float()
        negative = texts.negative.to(null_text.device)
        # The count of null rows is fixed: negative tokens push learned rows out (spec dit §4).
        self._null = torch.cat([negative, null_text])[: config.null_text_tokens]
        self._conditional: dict[int, Tensor] = {}
        for chunk in chunks:
            rows = texts.conditional_rows(chunk - num_prefix_chunks)
            self._conditional[chunk] = (
                self._null if rows is None else rows[: config.text_max_tokens].to(null_text.device)
            )

    def conditional(self, chunks: range) -> PackedText:
        """What chunks in flight are told."""
        return _pack([self._conditional[chunk] for chunk in chunks])

    def null(self, count: int) -> PackedText:
        """The null text, ``count`` times."""
        return _pack([self._null] * count)


def _pack(rows: list[Tensor]) -> PackedText:
    return PackedText(embeddings=torch.cat(rows), lengths=tuple(len(part) for part in rows))
