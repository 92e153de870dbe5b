"""What went wrong on a worker, as an answer: a code that people have words for, and whether trying again may help."""

import logging

from generation.contract.messages import AdvanceRequest, DecodeFailed, DecodeRequest, StageFailed
from generation.errors import GenerationError, OutOfMemory, StorageError

logger = logging.getLogger(__name__)

UNKNOWN = "worker_failed"


def stage_failure(request: AdvanceRequest, error: Exception, *, worker: str) -> StageFailed:
    """The answer to a stage that raised."""
    code, message, retry = describe(error)
    logger.error("take %s, stage %d: %s", request.take_id, request.stage, message, exc_info=retry and error)
    return StageFailed(
        take_id=request.take_id,
        token=request.token,
        worker=worker,
        stage=request.stage,
        code=code,
        message=message,
        retry=retry,
    )


def decode_failure(request: DecodeRequest, error: Exception, *, worker: str) -> DecodeFailed:
    """The answer to a chunk that could not be decoded."""
    code, message, retry = describe(error)
    logger.error("take %s, second %d: %s", request.take_id, request.index + 1, message, exc_info=retry and error)
    return DecodeFailed(
        take_id=request.take_id,
        token=request.token,
        worker=worker,
        index=request.index,
        code=code,
        message=message,
        retry=retry,
    )


def describe(error: Exception) -> tuple[str, str, bool]:
    """Code, message, and whether another try may help.

    Memory may be freed and disks emptied; what is wrong with a request or with weights stays wrong. What nobody
    foresaw is tried once more, on a fresh process if this one dies of it.
    """
    if isinstance(error, GenerationError):
        return error.code, str(error), isinstance(error, OutOfMemory | StorageError)
    return UNKNOWN, f"{type(error).__name__}: {error}", True
