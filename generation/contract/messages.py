"""What the product and its workers say to each other, as plain values that survive JSON (standard library only).

The product sends two requests by task name: *advance this take by one stage* and *decode this chunk*. Workers answer
with past-tense events, all to one task of the product. A request carries the fencing token of its lease, and every
answer repeats it: an answer with an old token changes nothing.

Bytes never travel here, only artifact keys (:mod:`generation.artifacts`). Keys contain the token, so two workers that
both believe they hold a lease never write the same file.
"""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from generation.errors import RequestError

# Task names: what is sent to workers, and what they answer to.
ADVANCE_TAKE = "generation.advance_take"
DECODE_CHUNK = "generation.decode_chunk"
RECORD_EVENT = "projects.record_event"

# Queues, without the worker's own one (see ``own_queue``).
GENERATION_QUEUE = "generation"
DECODE_QUEUE = "decode"
CONTROL_QUEUE = "control"

_DEFAULT_BROKER = "redis://127.0.0.1:6379/0"

# A worker that is silent for this long has lost its lease.
LEASE_SECONDS = 30
HEARTBEAT_SECONDS = 5
# Progress is sent at most this often, and never stored.
PROGRESS_SECONDS = 0.25


def own_queue(worker: str) -> str:
    """The queue that one generation worker alone listens to, beside the shared one.

    Args:
        worker: Its name, unique among workers.
    """
    return f"{GENERATION_QUEUE}.{worker}"


def broker_address(redis_url: str) -> str:
    """A Redis address in the form that Celery reads: it calls a socket file ``redis+socket://``.

    Args:
        redis_url: ``redis://host:port/0`` or ``unix:///path?db=0``; empty for Redis's usual port on this machine.
    """
    parts = urlsplit(redis_url or _DEFAULT_BROKER)
    if parts.scheme != "unix":
        return redis_url or _DEFAULT_BROKER
    database = dict(part.split("=", 1) for part in parts.query.split("&") if "=" in part).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={database}"


def cancel_key(take_id: str) -> str:
    """The artifact whose existence asks a worker to drop the take's running stage: it needs no broker to be seen."""
    return f"takes/{take_id}/cancel"


def stage_folder(take_id: str, token: int) -> str:
    """Where a lease's sampler states, texts and latents lie."""
    return f"takes/{take_id}/{token}"


@dataclass(frozen=True, kw_only=True, slots=True)
class CutVideo:
    """Finished seconds of another take up to a cut, to be encoded again where stored latents do not fit the cut."""

    init_key: str
    # Fragments in order; the last one contains the cut.
    fragment_keys: tuple[str, ...]
    # Frames before the cut, counted from the first fragment's first frame; at least 1.
    frames: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CutLatents:
    """Stored latents of clean chunks, in order, of which the last may be used in part."""

    chunk_keys: tuple[str, ...]
    # Latent frames before the cut over all keys, at least 6: whole chunks are counted back from the cut.
    latent_frames: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TakeSpec:
    """Everything that decides a take's bytes: what was asked, with its origin. Never changes in a take's life."""

    preset: str
    prompts: tuple[str, ...]
    seconds: int
    width: int
    height: int
    seed: int
    # At most one origin; none is text to video.
    image_key: str = ""
    video: CutVideo | None = None
    latents: CutLatents | None = None
    # In place of the preset's; 0 keeps its own.
    window_size: int = 0
    num_steps: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """Base of all messages: JSON out and in, with the kind's name beside the fields."""

    kinds: ClassVar[dict[str, type["Message"]]] = {}

    def __init_subclass__(cls) -> None:
        """Make the message readable by its kind."""
        Message.kinds[cls.__name__] = cls

    def to_json(self) -> dict[str, Any]:
        """The message as plain values; ``kind`` names its class."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return {"kind": type(self).__name__, **plain}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read back what :meth:`to_json` wrote.

        Raises:
            RequestError: If it is no message of this kind, or has other fields.
        """
        plain = dict(data)
        kind = Message.kinds.get(str(plain.pop("kind", "")))
        if kind is None or not issubclass(kind, cls):
            raise RequestError(f"a message must be a {cls.__name__}, got kind {data.get('kind')!r}")
        unknown = sorted(set(plain) - {field.name for field in fields(kind)})
        if unknown:
            raise RequestError(f"a {kind.__name__} has no field {', '.join(unknown)}")
        try:
            return kind(**{name: _value(name, value) for name, value in plain.items()})
        except (TypeError, ValueError, KeyError) as error:
            raise RequestError(f"not a {kind.__name__}: {error}") from error


def _value(name: str, value: Any) -> Any:  # noqa: ANN401 - plain JSON in, a field's value out
    """A field's value of its plain form: lists are tuples, the spec and its origins are values of their own."""
    if isinstance(value, list):
        return tuple(value)
    if name == "spec":
        return _spec(value)
    return value


def _spec(plain: dict[str, Any]) -> TakeSpec:
    video, latents = plain.get("video"), plain.get("latents")
    return TakeSpec(
        **{
            **plain,
            "prompts": tuple(plain["prompts"]),
            "video": video and CutVideo(**{**video, "fragment_keys": tuple(video["fragment_keys"])}),
            "latents": latents and CutLatents(**{**latents, "chunk_keys": tuple(latents["chunk_keys"])}),
        }
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class AdvanceRequest(Message):
    """Run one stage of a take."""

    take_id: str
    # The fencing token of the lease; grows with every lease of the take.
    token: int
    # The stage to run, from 0.
    stage: int
    spec: TakeSpec
    # What the last committed stage left; empty before the first.
    state_key: str
    texts_key: str
    # Latents right before the next chunk's first frame (decoding context), empty if there are none.
    context_key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DecodeRequest(Message):
    """Turn a clean chunk's latents into one fragment and a poster."""

    take_id: str
    token: int
    index: int
    latents_key: str
    # Latents of the chunk before, or of the prefix; empty if there are none.
    context_key: str
    spec: TakeSpec


@dataclass(frozen=True, kw_only=True, slots=True)
class TakeEvent(Message):
    """Base of what workers answer about a take."""

    take_id: str
    token: int
    worker: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TakeHeartbeat(TakeEvent):
    """The worker is at it: extends the lease, generation and decoding alike."""

    stage: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TakeProgress(TakeEvent):
    """How far the chunks in flight are; told to whoever watches, never stored."""

    stage: int
    # Per second of the take: 1 clean, 0 waiting, between 0 and 1 in flight.
    cells: tuple[float, ...]
    # One of loading, denoising.
    phase: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StageAdvanced(TakeEvent):
    """One stage is done and what it left is stored."""

    stage: int
    num_stages: int
    state_key: str
    texts_key: str
    context_key: str
    # The clean chunk that came out: its index from 0 and latents; -1 and empty when none did.
    chunk_index: int
    latents_key: str
    latents_sha256: str
    # Time of the stage alone.
    seconds: float
    # Typed warnings of the pipeline, as codes.
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StageDropped(TakeEvent):
    """The stage was given up between two steps: cancelled, or the worker is being stopped."""

    stage: int
    # cancelled, stopping
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StageFailed(TakeEvent):
    """The stage cannot be done."""

    stage: int
    # A code of :mod:`generation.errors`.
    code: str
    # Said to operators; people read words that belong to the code.
    message: str
    # Whether another try on a fresh process may help.
    retry: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ChunkDecoded(TakeEvent):
    """A second can be watched: its fragment and poster are stored."""

    index: int
    init_key: str
    fragment_key: str
    fragment_sha256: str
    fragment_bytes: int
    poster_key: str
    mime_type: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DecodeFailed(TakeEvent):
    """A chunk cannot be decoded."""

    index: int
    code: str
    message: str
    retry: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerAlive(Message):
    """A worker exists, and what it is; sent every few seconds."""

    worker: str
    # generation, decode
    role: str
    # The queue of its own, empty for decode workers.
    queue: str
    preset: str
    device: str
    # Take whose state and keys it holds in memory, empty if none.
    holds: str
    rss_bytes: int
    last_error: str = ""
    stopping: bool = False
