"""The planted faults: each takes one guard out, and names tests that must turn red."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantedFault:
    """One guard, how it is taken out, and who must notice."""

    name: str
    # What people would see if the guard were not there.
    harm: str
    path: str
    # Stands in the file exactly once.
    guard: str
    # Stands in its place.
    instead: str
    # Pytest ids; at least one of them must fail.
    tests: tuple[str, ...]


_ACTIONS = "tests/projects/actions"
_MACHINE = f"{_ACTIONS}/test_take_machine.py"

FAULTS: tuple[PlantedFault, ...] = (
    PlantedFault(
        name="fencing token",
        harm="a worker that woke too late overwrites what another made",
        path="projects/actions/commits.py",
        guard=" or take.token != message.token",
        instead="",
        tests=(f"{_MACHINE}::test_an_answer_of_an_older_lease_changes_nothing",),
    ),
    PlantedFault(
        name="stage compare-and-set",
        harm="an answer that is delivered twice counts twice",
        path="projects/actions/commits.py",
        guard=" or take.stage != stage:",
        instead=":",
        tests=(f"{_MACHINE}::test_a_stage_that_is_answered_twice_counts_once",),
    ),
    PlantedFault(
        name="heartbeat's token",
        harm="a worker that lost its lease keeps it from others for ever",
        path="projects/actions/commits.py",
        guard="pk=message.take_id, token=message.token, status=TakeStatus.RUNNING, lease_until__isnull=False",
        instead="pk=message.take_id, status=TakeStatus.RUNNING, lease_until__isnull=False",
        tests=(f"{_MACHINE}::test_a_heartbeat_extends_its_own_lease_only",),
    ),
    PlantedFault(
        name="decoder's token",
        harm="a second is replaced by what an overtaken decoder made",
        path="projects/actions/commits.py",
        guard='index=message.index, decode_token=message.token, fragment_key="").update(',
        instead='index=message.index, fragment_key="").update(',
        tests=(f"{_ACTIONS}/test_decoding.py",),
    ),
    PlantedFault(
        name="a second is shown once",
        harm="a second is told of twice, and its file changes under people who watch it",
        path="projects/actions/commits.py",
        guard='decode_token=message.token, fragment_key="").update(',
        instead="decode_token=message.token).update(",
        tests=(f"{_ACTIONS}/test_decoding.py",),
    ),
    PlantedFault(
        name="progress forgives deaths",
        harm="a long take that is interrupted now and then is put aside as poison",
        path="projects/actions/commits.py",
        guard='        "deaths": 0,\n',
        instead="",
        tests=(f"{_MACHINE}::test_a_lost_worker_is_told_of_and_the_take_goes_on",),
    ),
    PlantedFault(
        name="goodbye gives back",
        harm="after every deploy takes stand still until a lease runs out, and look interrupted",
        path="projects/actions/commits.py",
        guard="return not message.stopping or _give_back(message.worker)",
        instead="return not message.stopping",
        tests=(f"{_MACHINE}::test_a_worker_that_says_goodbye_gives_back_what_it_was_leased_meanwhile",),
    ),
    PlantedFault(
        name="one worker, one take",
        harm="two dispatchers give one worker two takes; one of them waits for a lease to run out",
        path="projects/actions/schedule.py",
        guard="take is None or is_busy or worker is None",
        instead="take is None or worker is None",
        tests=(f"{_ACTIONS}/test_schedule.py",),
    ),
    PlantedFault(
        name="one take, one lease",
        harm="two dispatchers give one take to two workers",
        path="projects/actions/schedule.py",
        guard="Take.objects.select_for_update().filter(is_runnable(), pk=chosen.take_id)",
        instead="Take.objects.select_for_update().filter(pk=chosen.take_id)",
        tests=(f"{_ACTIONS}/test_schedule.py",),
    ),
    PlantedFault(
        name="token grows with each lease",
        harm="nobody can tell an old answer from a new one",
        path="projects/actions/schedule.py",
        guard='"token": take.token + 1,',
        instead='"token": take.token,',
        tests=(f"{_MACHINE}::test_an_answer_of_an_older_lease_changes_nothing",),
    ),
    PlantedFault(
        name="a broken take ends alone",
        harm="one take that cannot be read holds up everybody",
        path="projects/actions/schedule.py",
        guard="        put_aside(take_id, error)\n        return None",
        instead="        raise",
        tests=(f"{_ACTIONS}/test_schedule.py",),
    ),
    PlantedFault(
        name="no lease without a broker",
        harm="after two minutes without Redis every take is put aside as poison",
        path="projects/actions/schedule.py",
        guard=" or not broker_answers()",
        instead="",
        tests=(f"{_ACTIONS}/test_schedule.py",),
    ),
    PlantedFault(
        name="every stage is paid for",
        harm="a person with many takes gets two workers for the price of one",
        path="projects/actions/schedule.py",
        guard='Greatest(F("virtual_time"), Value(person.virtual_time))',
        instead="Value(person.virtual_time)",
        tests=(f"{_ACTIONS}/test_schedule.py",),
    ),
    PlantedFault(
        name="decoders that live",
        harm="two minutes without a decoder fail every take",
        path="projects/actions/decoding.py",
        guard="PER_WORKER * workers - at_it",
        instead="8 - at_it",
        tests=(f"{_ACTIONS}/test_decoding.py",),
    ),
    PlantedFault(
        name="sweep",
        harm="a take whose worker died stands still for ever",
        path="projects/actions/sweep.py",
        guard="sum(_take_back(take_id, now) for take_id in list(lost))",
        instead="0",
        tests=(f"{_MACHINE}::test_a_lost_worker_is_told_of_and_the_take_goes_on",),
    ),
    PlantedFault(
        name="quarantine",
        harm="a take that kills workers kills them all, for ever",
        path="projects/actions/sweep.py",
        guard="elif take.deaths >= MOST_DEATHS:",
        instead="elif take.deaths >= 1000:",
        tests=(f"{_MACHINE}::test_poison_is_put_aside_after_three_deaths_in_a_row_and_costs_nothing",),
    ),
    PlantedFault(
        name="cancel flag",
        harm="a worker goes on with a take that nobody wants",
        path="projects/actions/sweep.py",
        guard='store.put(cancel_key(str(take_id)), b"")',
        instead="pass",
        tests=(f"{_MACHINE}::test_cancelling_while_it_runs_raises_a_flag_that_the_worker_sees",),
    ),
    PlantedFault(
        name="leases follow the clock",
        harm="when the clock jumps every lease runs out at once, or lasts for ever",
        path="projects/actions/sweep.py",
        guard='lease_until=F("lease_until") + jump',
        instead='lease_until=F("lease_until")',
        tests=(f"{_MACHINE}::test_a_jump_of_the_clock_moves_every_lease_along",),
    ),
    PlantedFault(
        name="jumps are noticed",
        harm="the same, since nobody looks at two clocks",
        path="projects/dispatcher.py",
        guard="if abs(jump) > JUMP_SECONDS:",
        instead="if False:",
        tests=("tests/projects/test_dispatcher.py",),
    ),
    PlantedFault(
        name="ended takes stay ended",
        harm="a take that was cancelled gets a file and a bill after all",
        path="projects/actions/take_endings.py",
        guard="if take is None or take.status in FINAL or take.phase != TakePhase.MUXING:",
        instead="if take is None:",
        tests=(f"{_ACTIONS}/test_take_endings.py",),
    ),
    PlantedFault(
        name="what failed costs nothing",
        harm="people pay for takes that failed",
        path="projects/actions/take_endings.py",
        guard="    quota.release(take, delivered=0)\n    finish(\n        take, TakeStatus.FAILED",
        instead="    finish(\n        take, TakeStatus.FAILED",
        tests=(f"{_MACHINE}::test_poison_is_put_aside_after_three_deaths_in_a_row_and_costs_nothing",),
    ),
    PlantedFault(
        name="quota",
        harm="one person makes as much as they like",
        path="projects/actions/quota.py",
        guard="if seconds > left:",
        instead="if seconds > left + 10**9:",
        tests=(f"{_ACTIONS}/test_take_orders.py::test_more_seconds_than_are_left_are_refused_with_both_numbers",),
    ),
    PlantedFault(
        name="idempotency key",
        harm="a request that is sent twice makes two takes",
        path="projects/actions/idempotency.py",
        guard="return Claim(row=found, is_first=False) if found is not None else begin(user, key, digest)",
        instead="return Claim(row=found, is_first=True) if found is not None else begin(user, key, digest)",
        tests=("tests/projects/api/test_requests.py::test_a_repeated_request_is_carried_out_once",),
    ),
    PlantedFault(
        name="idempotency key's request",
        harm="another request under the same key is answered as if it were done",
        path="projects/actions/idempotency.py",
        guard="if row.request_sha256 != digest:",
        instead="if False:",
        tests=("tests/projects/api/test_requests.py::test_a_repeated_request_is_carried_out_once",),
    ),
    PlantedFault(
        name="event numbers",
        harm="clients cannot tell what they missed",
        path="projects/events.py",
        guard='.update(event_seq=F("event_seq") + 1)',
        instead='.update(event_seq=F("event_seq"))',
        tests=("tests/projects/test_seams.py::test_an_event_is_numbered_and_sent_once_it_is_committed",),
    ),
    PlantedFault(
        name="outbox",
        harm="what was committed by a process that died is never told",
        path="projects/dispatcher.py",
        guard="        events.publish(waiting)\n",
        instead="        pass\n",
        tests=("tests/projects/test_seams.py::test_what_could_not_be_sent_waits_in_the_outbox",),
    ),
    PlantedFault(
        name="the loop outlives errors",
        harm="one error nobody foresaw stops the whole studio",
        path="projects/dispatcher.py",
        guard="except Exception as error:\n                expected",
        instead="except DatabaseError as error:\n                expected",
        tests=("tests/projects/test_dispatcher.py",),
    ),
    PlantedFault(
        name="overtaken requests",
        harm="a worker spends its time on a stage that another has",
        path="generation/serving/advance.py",
        guard="if request.token < self._tokens.get(request.take_id, 0):",
        instead="if False:",
        tests=("tests/generation/serving/test_advance.py::test_an_overtaken_request_is_left_alone",),
    ),
    PlantedFault(
        name="memory is of this stage",
        harm="a stage that is asked for again is run from the state after it",
        path="generation/serving/advance.py",
        guard=" and hot.state.stage == request.stage:",
        instead=":",
        tests=("tests/generation/serving/test_advance.py",),
    ),
    PlantedFault(
        name="whole or not at all",
        harm="a power cut leaves half a file under a good name",
        path="generation/artifacts/__init__.py",
        guard='    partial = path.with_name(f".{uuid.uuid4().hex}.partial")',
        instead="    partial = path",
        tests=("tests/generation/test_artifacts.py",),
    ),
    PlantedFault(
        name="waits for space",
        harm="a disk that is full for a minute fails every take",
        path="projects/actions/commits.py",
        guard="return code == StorageError.code and not has_room_to_go_on()",
        instead="return False",
        tests=(f"{_ACTIONS}/test_disk_space.py",),
    ),
    PlantedFault(
        name="refuses what cannot be stored",
        harm="orders are taken that a full disk cannot hold",
        path="projects/actions/disk_space.py",
        guard="    if free < least:",
        instead="    if free < 0:",
        tests=(f"{_ACTIONS}/test_disk_space.py",),
    ),
    PlantedFault(
        name="origin of sockets",
        harm="a page of another site listens with the visitor's session",
        path="projects/sockets/routing.py",
        guard="        if not is_ours(origin, host):",
        instead="        if False:",
        tests=("tests/projects/sockets/test_sockets.py::test_a_page_of_another_site_is_denied",),
    ),
    PlantedFault(
        name="what a key made is noted with it",
        harm="a request whose process died is done twice when it is sent again, or never",
        path="projects/actions/idempotency.py",
        guard="    if not mine.update(made=[str(made) for made in ids]):",
        instead="    if not mine.exists():",
        tests=("tests/projects/actions/test_idempotency.py", "tests/projects/api/test_repeating.py"),
    ),
    PlantedFault(
        name="a key is taken over by one",
        harm="two requests with one key are both carried out",
        path="projects/actions/idempotency.py",
        guard="claimed_until=now + CLAIM))",
        instead="claimed_until=now))",
        tests=("tests/projects/actions/test_idempotency.py",),
    ),
    PlantedFault(
        name="slow clients are bounded",
        harm="one client that does not read takes all memory",
        path="projects/sockets/inbox.py",
        guard=" and (len(self._lasting) >= self._most or self._bytes + size > self._most_bytes)",
        instead=" and False",
        tests=("tests/projects/sockets/test_sockets.py",),
    ),
)
