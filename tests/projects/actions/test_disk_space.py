"""New work is refused first; what runs goes on longer, and then waits instead of failing."""

from collections import namedtuple

import pytest

from generation.contract.messages import DecodeFailed, StageFailed
from projects.actions.commits import MOST_RETRIES, commit
from projects.actions.disk_space import has_room_to_go_on, require_disk
from projects.actions.schedule import schedule
from projects.errors import Unavailable
from projects.models import Chunk, Worker
from tests.support.invariants import check
from tests.support.studio import ask, shot_in

Usage = namedtuple("Usage", "total used free")
LEAST = 1000


@pytest.fixture
def disk(settings, monkeypatch):
    """Sets how much is free."""
    settings.LEAST_FREE_BYTES = LEAST

    def free(amount):
        # However large the disk is: only what is free counts.
        usage = Usage(total=10**6 * LEAST, used=0, free=amount)
        monkeypatch.setattr("projects.actions.disk_space.shutil.disk_usage", lambda _folder: usage)

    free(10 * LEAST)
    return free


@pytest.mark.parametrize(("free", "new", "going_on"), [(1000, True, True), (999, False, True), (249, False, False)])
def test_new_work_needs_more_room_than_what_runs(disk, free, new, going_on):
    disk(free)

    if new:
        require_disk()
    else:
        with pytest.raises(Unavailable) as refused:
            require_disk()
        assert (refused.value.code, refused.value.params) == ("disk_full", {"free_bytes": free})
    assert has_room_to_go_on() is going_on


def test_a_take_waits_for_space_however_often_it_was_tried(studio, ada, project, disk):
    (take,) = ask(ada, shot_in(project, duration_s=1))
    for _ in range(MOST_RETRIES + 2):
        disk(10 * LEAST)
        assert schedule() == 1
        studio.queue.clear()
        take.refresh_from_db()
        disk(0)
        commit(
            StageFailed(
                take_id=str(take.pk), token=take.token, worker="w1", stage=0, code="storage_failed", message="full",
                retry=True,
            )
        )  # fmt: skip
        assert schedule() == 0
    take.refresh_from_db()
    assert (take.status, take.retries, take.deaths) == ("running", 0, 0)

    disk(10 * LEAST)
    studio.until_quiet()
    take.refresh_from_db()
    assert take.status == "succeeded"
    check(at_rest=True)


def test_a_second_waits_for_space_to_be_decoded(studio, ada, project, disk):
    (take,) = ask(ada, shot_in(project, duration_s=1))
    Worker.objects.filter(name="d1").update(stopping=True)
    studio.until_quiet()
    studio.alive("d1", role="decode")
    studio.round()
    chunk = Chunk.objects.get(take=take)
    studio.queue.clear()
    disk(0)
    for _ in range(MOST_RETRIES + 2):
        commit(
            DecodeFailed(
                take_id=str(take.pk), token=chunk.decode_token, worker="d1", index=0, code="storage_failed",
                message="full", retry=True,
            )
        )  # fmt: skip
    studio.round()
    assert not studio.queue

    disk(10 * LEAST)
    studio.until_quiet()
    take.refresh_from_db()
    assert take.status == "succeeded"
