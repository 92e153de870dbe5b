"""From the words of a request to the text of every chunk."""

from dataclasses import dataclass

from torch import Tensor

from generation.contract import GenerationRequest
from generation.sampling.conditioning import ChunkTexts
from generation.text.cleaning import LostText
from generation.text.control_tokens import ControlTokenTable
from generation.text.encoder import TextEncoder


@dataclass(frozen=True, kw_only=True, slots=True)
class EmbeddedPrompts:
    """The texts of a clip, and what of the person's words they do not hold."""

    texts: ChunkTexts
    # Per distinct prompt of the request what cleaning deleted (all Chinese, for one); shown to the person.
    lost: tuple[LostText, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PromptEmbedder:
    """The text side of a pipeline: encoder, control tokens, and which chunk is told what."""

    encoder: TextEncoder
    control_tokens: ControlTokenTable

    def embed(self, request: GenerationRequest, *, num_chunks: int) -> EmbeddedPrompts:
        """Embed the prompts of a request.

        Args:
            request: Its prompts hold per second; a clip that comes out longer keeps the last one.
            num_chunks: Chunks to generate.
        """
        encoded = {prompt: self.encoder.encode(prompt) for prompt in dict.fromkeys(request.prompts)}
        spoken = [request.prompt_of_second(min(index, request.seconds - 1)) for index in range(num_chunks)]
        lost = tuple(lost for prompt in encoded.values() for lost in prompt.cleaned.lost)
        return EmbeddedPrompts(
            texts=ChunkTexts.of(
                [encoded[prompt].embeddings for prompt in spoken],
                controls=[self._controls(request, num_chunks - index) for index in range(num_chunks)],
                negative=self.control_tokens.negative_rows() if request.controls.negative else None,
            ),
            lost=lost,
        )

    def _controls(self, request: GenerationRequest, chunks_remaining: int) -> Tensor:
        return self.control_tokens.rows_for_chunk(request.controls, chunks_remaining=chunks_remaining)
