"""What went wrong becomes a code, words, and whether trying again may help."""

import pytest

from generation.contract.messages import DecodeRequest
from generation.errors import NumericsError, OutOfMemory, StorageError, WeightsError
from generation.serving.failures import UNKNOWN, decode_failure, describe, stage_failure
from tests.support.serving import SPEC, first_request


@pytest.mark.parametrize(
    ("error", "code", "retry"),
    [
        (OutOfMemory("too large"), "out_of_memory", True),
        (StorageError("disk full"), "storage_failed", True),
        (NumericsError("NaN"), "numerics_failed", False),
        (WeightsError("missing"), "weights_invalid", False),
        (ZeroDivisionError("division by zero"), UNKNOWN, True),
    ],
)
def test_errors_are_told_apart(error, code, retry):
    assert describe(error)[0] == code
    assert describe(error)[2] is retry


def test_an_answer_repeats_the_lease():
    failed = stage_failure(first_request("t", SPEC, token=7), NumericsError("NaN"), worker="w")
    request = DecodeRequest(take_id="t", token=8, index=3, latents_key="l", context_key="", spec=SPEC)
    undecoded = decode_failure(request, StorageError("full"), worker="d")

    assert (failed.token, failed.stage, failed.message) == (7, 0, "NaN")
    assert (undecoded.token, undecoded.index, undecoded.retry) == (8, 3, True)
