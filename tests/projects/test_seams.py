"""The product's seams: events and their outbox, the broker that may be away, permissions, tasks, the dispatcher."""

import pytest
from django.db import connection, transaction
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError

from generation.artifacts import LocalArtifacts
from generation.contract.messages import AdvanceRequest, StageDropped, TakeProgress, TakeSpec, own_queue
from projects import tasks
from projects.artifact_store import artifacts
from projects.dispatcher import Dispatcher, send_unsent
from projects.errors import NotAllowed, NotFound
from projects.events import as_message, group_of, publish, queue_group, record, tell
from projects.generation_client import forget_queue, poke, submit_advance, submit_decode, submit_own
from projects.management.commands.dispatch import Command as DispatchCommand
from projects.management.commands.reset_demo import Command as ResetCommand
from projects.models import Event, Export, Film, Membership, Project, Take
from projects.models.identity import new_id
from projects.models.project import Role
from projects.permissions import may, project_for, role_in
from projects.tasks import export_film, finish_take, process_upload, record_event
from projects.urls import below
from tests.support.studio import ask, person, project_of, shot_in

pytestmark = pytest.mark.django_db


def happened(project, **data) -> Event:
    with transaction.atomic():
        return record(project.pk, "project.updated", entity_id=project.pk, data=data)


@pytest.mark.django_db(transaction=True)
def test_an_event_is_numbered_and_sent_once_it_is_committed(project):
    event = happened(project, a=1)

    event.refresh_from_db()
    assert (event.seq, Project.objects.get().event_seq) == (1, 1)
    assert event.published_at
    assert as_message(event)["topic"] == f"project:{project.pk}"


@pytest.mark.django_db(transaction=True)
def test_an_event_of_a_change_that_was_undone_never_was(project):
    def undone():
        with transaction.atomic():
            record(project.pk, "project.updated", entity_id=project.pk, data={})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        undone()

    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_could_not_be_sent_waits_in_the_outbox(project, monkeypatch):
    def away(*_arguments):
        raise RedisConnectionError("away")

    monkeypatch.setattr("projects.events._send", away)
    event = happened(project)
    assert Event.objects.get().published_at is None
    assert publish([event]) is False
    tell(project.pk, "take.progress", entity_id="t", data={})

    monkeypatch.undo()
    assert send_unsent() == 1
    assert Event.objects.get().published_at
    assert send_unsent() == 0


@pytest.mark.django_db(transaction=True)
def test_noting_that_an_event_was_sent_waits_for_no_disk_and_everything_else_does(store, monkeypatch):
    """On SQLite; after a power cut the event is sent again, and what it tells of is there."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has its own ways")
    seen = []

    def saw(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        if sql.startswith(("UPDATE", "INSERT")) and "projects_event" in sql:
            kept = connection.connection.execute("PRAGMA synchronous").fetchone()[0]
            seen.append((sql.split()[0], kept))
        return done

    project = project_of(person("bob"))
    monkeypatch.setattr("projects.events._send", lambda *_: None)
    # In tests the database is set up without the product's pragmas.
    connection.connection.execute("PRAGMA synchronous=FULL")
    with connection.execute_wrapper(saw), transaction.atomic():
        record(project.pk, "project.updated", entity_id=project.pk, data={})

    assert seen == [("INSERT", 2), ("UPDATE", 1)]
    assert connection.connection.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert Event.objects.get().published_at is not None


def test_groups_are_told_apart(project):
    assert group_of(project.pk) != queue_group()


def test_roles_include_each_other(ada, project):
    bob, eve = person("bob"), person("eve")
    Membership.objects.create(project=project, user=bob, role="viewer")

    assert (role_in(ada, project), role_in(bob, project), role_in(eve, project)) == (Role.OWNER, Role.VIEWER, None)
    assert may(Role.OWNER, Role.VIEWER)
    assert not may(Role.VIEWER, Role.EDITOR)
    assert project_for(bob, project.pk, Role.VIEWER) == project
    with pytest.raises(NotAllowed):
        project_for(bob, project.pk, Role.EDITOR)
    for user, key in ((eve, project.pk), (ada, new_id())):
        with pytest.raises(NotFound):
            project_for(user, key, Role.VIEWER)


def test_a_project_in_the_bin_is_found_only_there(ada, project):
    Project.objects.update(deleted_at="2026-01-01T00:00:00Z")

    with pytest.raises(NotFound):
        project_for(ada, project.pk, Role.OWNER)
    assert project_for(ada, project.pk, Role.OWNER, in_bin=True)


def test_ids_grow_with_time():
    ids = [new_id() for _ in range(50)]

    assert ids == sorted(ids)
    assert ids[0].version == 7


SPEC = TakeSpec(preset="tiny", prompts=("x",), seconds=1, width=64, height=64, seed=1)
REQUEST = AdvanceRequest(take_id="t", token=1, stage=0, spec=SPEC, state_key="", texts_key="", context_key="")


class Signature:
    def __init__(self, sent, error=None):
        self.sent, self.error = sent, error

    def apply_async(self, **options):
        if self.error:
            raise self.error
        self.sent.append(options)


def test_requests_go_to_the_worker_they_are_for(monkeypatch):
    sent = []
    monkeypatch.setattr("projects.generation_client.current_app.signature", lambda _name: Signature(sent))

    assert submit_advance(REQUEST, worker="w7")
    assert submit_own("projects.finish_take", take_id="t")
    # What opens files must not stand before a heartbeat, nor what takes minutes before what somebody waits for.
    assert submit_own("projects.process_upload", upload_id="u")
    assert submit_own("projects.make_posters", take_id="t")
    assert submit_own("projects.export_film", export_id="e")
    assert [options["queue"] for options in sent] == ["generation.w7", "media", "media", "media", "files"]
    assert sent[1]["kwargs"] == {"take_id": "t"}


def test_a_broker_that_is_away_loses_nothing_and_raises_nothing(monkeypatch):
    monkeypatch.setattr(
        "projects.generation_client.current_app.signature", lambda _name: Signature([], OperationalError("away"))
    )

    assert submit_advance(REQUEST, worker="w") is False
    assert submit_decode(REQUEST) is False
    poke()


def test_the_queue_of_a_worker_that_is_gone_is_dropped(monkeypatch):
    dropped = []

    class Client:
        def delete(self, key):
            dropped.append(key)

    monkeypatch.setattr("projects.generation_client._client", lambda _address: Client())
    forget_queue("w7")

    assert dropped == [own_queue("w7")]


def test_a_poke_is_heard(monkeypatch):
    published = []

    class Client:
        def publish(self, channel, _text):
            published.append(channel)

    monkeypatch.setattr("projects.generation_client._client", lambda _address: Client())
    poke()

    assert published == ["sceneloom.poke"]


def test_the_entrance_for_results_wakes_the_dispatcher_for_what_matters(ada, project, store, monkeypatch):
    poked = []
    monkeypatch.setattr(tasks, "poke", lambda: poked.append(1))
    (take,) = ask(ada, shot_in(project))
    Take.objects.update(status="running", token=1)
    plain = {"take_id": str(take.pk), "token": 1, "worker": "w", "stage": 0}

    record_event(TakeProgress(**plain, cells=(0.5,), phase="denoising").to_json())
    assert poked == []
    record_event(StageDropped(**plain, reason="stopping").to_json())
    assert poked == [1]
    record_event({"kind": "Nonsense"})


def test_tasks_about_what_is_gone_do_nothing(store):
    for task in (finish_take, process_upload, export_film):
        task(str(new_id()))


def test_the_dispatcher_asks_for_exports_and_uploads_that_wait(ada, project, store, monkeypatch):
    asked = []
    monkeypatch.setattr("projects.dispatcher.submit_own", lambda task, **values: asked.append((task, values)) or True)
    film = Film.objects.create(project=project, title="x")
    export = Export.objects.create(film=film, requested_by=ada, preset="master")

    Dispatcher().round()

    assert asked == [("projects.export_film", {"export_id": str(export.pk)})]


def test_the_dispatcher_goes_round_until_it_is_told_to_stop(monkeypatch):
    rounds = []

    class Waiter:
        def wait(self, _seconds):
            return None

        def close(self):
            rounds.append("closed")

    monkeypatch.setattr("projects.dispatcher._Waiter", Waiter)
    monkeypatch.setattr(Dispatcher, "round", lambda _self: rounds.append("round"))
    Dispatcher().run(lambda: len(rounds) >= 3)

    assert rounds == ["round"] * 3 + ["closed"]


def test_a_jump_of_the_clock_is_noticed(monkeypatch):
    jumps = []
    monkeypatch.setattr("projects.dispatcher.shift_leases", jumps.append)
    dispatcher = Dispatcher()
    dispatcher._mind_the_clock()
    dispatcher._clocks.wall -= 3600

    dispatcher._mind_the_clock()
    dispatcher._mind_the_clock()

    assert len(jumps) == 1
    assert jumps[0] == pytest.approx(3600, abs=5)


def test_commands_say_what_they_do():
    assert "lease" in DispatchCommand.help.lower()
    assert "demo" in ResetCommand.help


def test_the_store_is_a_local_folder(store, tmp_path):
    assert isinstance(artifacts(), LocalArtifacts)
    assert artifacts().path_of("a") == tmp_path / "artifacts" / "a"


def test_addresses_below_a_prefix_begin_alike():
    from projects.api.queue import Queue

    assert str(below("a/b", [("/c", Queue, "n")])[0].pattern) == "a/b/c"
