"""From the words of a request to the text of every chunk."""

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from generation.contract.requests import GenerationRequest
from generation.pipeline.clip_warnings import PromptProblem, PromptWarning
from generation.sampling.conditioning import ChunkTexts
from generation.text.control_tokens import ControlTokenTable
from generation.text.encoder import EncodedPrompt, TextEncoder


@dataclass(frozen=True, kw_only=True, slots=True)
class EmbeddedPrompts:
    """The texts of a clip, and where they are not what the person wrote."""

    texts: ChunkTexts
    # In the order of the request, at most two per distinct prompt.
    warnings: tuple[PromptWarning, ...]


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

        Raises:
            WeightsError: If the text encoder's weights are damaged, or control tokens are asked for and missing.
            OutOfMemory: If the device cannot hold the text encoder.
        """
        # First, because it is quick and the encoder is not.
        controls = [self._controls(request, num_chunks - index) for index in range(num_chunks)]
        negative = self.control_tokens.negative_rows() if request.controls.negative else None
        encoded = {prompt: self.encoder.encode(prompt) for prompt in dict.fromkeys(request.prompts)}
        spoken = [request.prompt_of_second(min(index, request.seconds - 1)) for index in range(num_chunks)]
        return EmbeddedPrompts(
            texts=ChunkTexts.of(
                [encoded[prompt].embeddings for prompt in spoken], controls=controls, negative=negative
            ),
            warnings=tuple(warning for prompt, read in encoded.items() for warning in _warnings(prompt, read)),
        )

    def _controls(self, request: GenerationRequest, chunks_remaining: int) -> Tensor:
        return self.control_tokens.rows_for_chunk(request.controls, chunks_remaining=chunks_remaining)


def _warnings(prompt: str, read: EncodedPrompt) -> Iterator[PromptWarning]:
    if read.cleaned.emptied:
        yield PromptWarning(problem=PromptProblem.EMPTIED, prompt=prompt, lost=read.cleaned.lost)
    elif read.cleaned.lost:
        yield PromptWarning(problem=PromptProblem.LOST_TEXT, prompt=prompt, lost=read.cleaned.lost)
    if read.truncated:
        yield PromptWarning(problem=PromptProblem.TRUNCATED, prompt=prompt)
