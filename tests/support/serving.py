"""Takes on a worker, without a queue: requests built from what the last answer said, as the product does."""

from dataclasses import replace
from pathlib import Path

from generation.artifacts import LocalArtifacts
from generation.contract.messages import AdvanceRequest, DecodeRequest, Message, StageAdvanced, TakeSpec
from generation.serving.advance import TakeAdvancer
from generation.serving.decode import ChunkDecoder
from tests.support.pipelines import tiny_pipeline

SPEC = TakeSpec(preset="tiny", prompts=("waves roll in",), seconds=3, width=48, height=40, seed=7)


class Messages:
    """Collects what a worker says."""

    def __init__(self):
        self.all: list[Message] = []

    def send(self, message: Message) -> None:
        self.all.append(message)

    def of(self, kind):
        return [message for message in self.all if isinstance(message, kind)]


class Bench:
    """A store, and workers on it that can be thrown away."""

    def __init__(self, folder: Path, **sampling):
        self.store = LocalArtifacts(folder / "artifacts")
        self.pipeline = tiny_pipeline(folder / "cache", **sampling)
        self.messages = Messages()
        self.stopping = False

    def advancer(self, name="w1") -> TakeAdvancer:
        return TakeAdvancer(
            self.pipeline, self.store, worker=name, outlet=self.messages, is_stopping=lambda: self.stopping
        )

    def decoder(self) -> ChunkDecoder:
        return ChunkDecoder(pipeline=self.pipeline, store=self.store, worker="d1", outlet=self.messages)

    def run(self, take_id: str, spec: TakeSpec = SPEC, *, fresh_workers: bool = False) -> list[StageAdvanced]:
        """All stages of a take, by one worker that remembers, or by a new one for each stage."""
        worker, request = self.advancer(), first_request(take_id, spec)
        done = []
        while not done or done[-1].stage + 1 < done[-1].num_stages:
            answer = (self.advancer() if fresh_workers else worker).advance(request)
            assert isinstance(answer, StageAdvanced), answer
            done.append(answer)
            request = next_request(request, answer)
        return done

    def decode(self, take_id: str, done: list[StageAdvanced], spec: TakeSpec = SPEC):
        """All seconds of a take, each after the one before it."""
        chunks = [answer for answer in done if answer.chunk_index >= 0]
        contexts = [done[0].context_key, *(answer.latents_key for answer in chunks)]
        return [
            self.decoder().decode(
                DecodeRequest(
                    take_id=take_id, token=99, index=answer.chunk_index, latents_key=answer.latents_key,
                    context_key=context, spec=spec,
                )
            )
            for answer, context in zip(chunks, contexts, strict=False)
        ]  # fmt: skip


def first_request(take_id: str, spec: TakeSpec, *, token: int = 1) -> AdvanceRequest:
    return AdvanceRequest(take_id=take_id, token=token, stage=0, spec=spec, state_key="", texts_key="", context_key="")


def next_request(request: AdvanceRequest, answer: StageAdvanced) -> AdvanceRequest:
    return replace(
        request,
        token=request.token + 1,
        stage=answer.stage + 1,
        state_key=answer.state_key,
        texts_key=answer.texts_key,
        context_key=answer.context_key,
    )
