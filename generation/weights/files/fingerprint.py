"""One short text that tells weights apart, cheap enough to make while 48 GB are being read.

The fingerprint is a SHA-256 over all tensors in the order of their names, each with its element type, shape and a
sample of its bytes. Tensors up to 8 MiB are hashed whole. Of larger ones, the first 64 KiB of every 2 MiB and the last
64 KiB are: about 3 %, spread over the whole tensor, so that training, merging or quantising a layer changes it in
practice, and a large model costs seconds. It is taken of the stored values, so it does not depend on how they are cut
into files or compressed, nor on the dtype they are loaded in. It is no defence against somebody who changes a few
numbers on purpose: downloads are checked by the full SHA-256 of every file (:mod:`generation.weights.download`).
"""

import hashlib

WHOLE_BYTES = 8 * 2**20
STRIDE_BYTES = 2 * 2**20
SAMPLE_BYTES = 64 * 2**10


def sample_ranges(num_bytes: int) -> list[tuple[int, int]]:
    """Which bytes [start, stop) of a tensor of this length are hashed."""
    if num_bytes <= WHOLE_BYTES:
        return [(0, num_bytes)]
    ranges = [(start, min(start + SAMPLE_BYTES, num_bytes)) for start in range(0, num_bytes, STRIDE_BYTES)]
    return [*ranges, (num_bytes - SAMPLE_BYTES, num_bytes)]


class Fingerprint:
    """Collects tensors in any order; :meth:`text` is the same for the same tensors."""

    def __init__(self) -> None:
        self._digests: dict[str, bytes] = {}

    def add(self, name: str, *, dtype: str, shape: tuple[int, ...], content: memoryview) -> None:
        """Take in one tensor.

        Args:
            name: Its name.
            dtype: Its element type, as ``"float32"``.
            shape: Its shape.
            content: Its bytes.
        """
        digest = hashlib.sha256(f"{dtype} {shape}\n".encode())
        for start, stop in sample_ranges(len(content)):
            digest.update(content[start:stop])
        self._digests[name] = digest.digest()

    def text(self) -> str:
        """64 hexadecimal digits."""
        whole = hashlib.sha256()
        for name in sorted(self._digests):
            whole.update(len(name.encode()).to_bytes(8, "little") + name.encode() + self._digests[name])
        return whole.hexdigest()
