"""One stage of one take: opened from memory or from disk, run, stored, answered."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from generation.artifacts import ArtifactStore
from generation.contract.messages import (
    AdvanceRequest,
    Message,
    StageAdvanced,
    StageDropped,
    TakeHeartbeat,
    TakeProgress,
    cancel_key,
)
from generation.errors import Cancelled
from generation.pipeline.memory import memory_errors
from generation.pipeline.pipeline import VideoPipeline
from generation.sampling.report import StepReport
from generation.serving.failures import stage_failure
from generation.serving.take_state import OpenTake, TakeOpener, store_chunk, store_state
from generation.serving.watching import Heartbeat, Outlet, cells_of, progress_pace

logger = logging.getLogger(__name__)


class TakeAdvancer:
    """Runs stages for a worker, one at a time, and remembers the take it last advanced.

    What it remembers can be lost at any time: the store has all of it, and the bytes that follow are the same.
    """

    def __init__(
        self,
        pipeline: VideoPipeline,
        store: ArtifactStore,
        *,
        worker: str,
        outlet: Outlet,
        is_stopping: Callable[[], bool],
    ) -> None:
        """Stand ready.

        Args:
            pipeline: Loaded once.
            store: Where takes lie; shared with whoever asks.
            worker: This worker's name.
            outlet: Where progress and answers go.
            is_stopping: Whether the process is asked to end; the stage in hand is then given back.
        """
        self._opener = TakeOpener(pipeline=pipeline, store=store)
        self._store = store
        self._worker = worker
        self._outlet = outlet
        self._is_stopping = is_stopping
        self._hot: OpenTake | None = None
        # The newest token seen per take; a request with an older one was overtaken.
        self._tokens: dict[str, int] = {}

    @property
    def holds(self) -> str:
        """The take whose state is in memory; empty if none."""
        return self._hot.take_id if self._hot else ""

    def forget(self) -> None:
        """Give the remembered take's memory back."""
        self._hot = None

    def advance(self, request: AdvanceRequest) -> Message | None:
        """Run the stage of a request and send what came of it.

        Returns:
            The answer that was sent; None if the request was overtaken by a newer lease and nothing was done.
        """
        if request.token < self._tokens.get(request.take_id, 0):
            logger.info("take %s: token %d was overtaken", request.take_id, request.token)
            return None
        self._tokens[request.take_id] = request.token
        heartbeat = TakeHeartbeat(
            take_id=request.take_id, token=request.token, worker=self._worker, stage=request.stage
        )
        with Heartbeat(lambda: self._outlet.send(heartbeat)):
            answer = self._answer(request)
        self._outlet.send(answer)
        return answer

    def _answer(self, request: AdvanceRequest) -> Message:
        try:
            return self._run(request)
        except Cancelled:
            reason = "stopping" if self._is_stopping() else "cancelled"
            return StageDropped(
                take_id=request.take_id, token=request.token, worker=self._worker, stage=request.stage, reason=reason
            )
        except Exception as error:  # noqa: BLE001 - the boundary: whatever it is becomes an answer
            self.forget()
            return stage_failure(request, error, worker=self._worker)

    def _run(self, request: AdvanceRequest) -> StageAdvanced:
        started = time.perf_counter()
        self._tell(request, cells=(0.0,) * request.spec.seconds, phase="loading")
        take = self._open(request)
        window = take.state.sampling.window_size
        pace = progress_pace()

        def on_step(report: StepReport) -> None:
            if pace.is_due():
                cells = cells_of(
                    report,
                    num_prefix_chunks=take.state.num_prefix_chunks,
                    num_chunks=take.state.num_chunks,
                    window_size=window,
                )
                self._tell(request, cells=cells, phase="denoising")

        with memory_errors(width=request.spec.width, height=request.spec.height, window_size=window):
            state, clean = take.sampler.advance(
                take.state, on_step=on_step, should_stop=lambda: self._should_stop(request)
            )
        # Latents first, the state that counts them last.
        chunk_index, latents_key, digest = -1, "", ""
        if clean is not None:
            chunk_index = clean.index
            latents_key, digest = store_chunk(self._store, request, clean.index, clean.latents)
        state_key = store_state(self._store, request, state)
        self._hot = None if state.is_finished else replace(take, state=state)
        return StageAdvanced(
            take_id=request.take_id,
            token=request.token,
            worker=self._worker,
            stage=request.stage,
            num_stages=state.num_stages,
            state_key=state_key,
            texts_key=take.texts_key,
            context_key=take.context_key,
            chunk_index=chunk_index,
            latents_key=latents_key,
            latents_sha256=digest,
            seconds=time.perf_counter() - started,
            warnings=take.warnings,
        )

    def _open(self, request: AdvanceRequest) -> OpenTake:
        """The take from memory where it is the one that is asked for, else from disk."""
        hot, self._hot = self._hot, None
        if hot is not None and hot.take_id == request.take_id and hot.state.stage == request.stage:
            return replace(hot, texts_key=request.texts_key, context_key=request.context_key, warnings=())
        return self._opener.open(request)

    def _should_stop(self, request: AdvanceRequest) -> bool:
        return self._is_stopping() or self._store.exists(cancel_key(request.take_id))

    def _tell(self, request: AdvanceRequest, *, cells: tuple[float, ...], phase: str) -> None:
        self._outlet.send(
            TakeProgress(
                take_id=request.take_id,
                token=request.token,
                worker=self._worker,
                stage=request.stage,
                cells=cells,
                phase=phase,
            )
        )
