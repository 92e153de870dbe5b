"""A take's whole life, with real workers and a queue that is a list."""

from generation.media.video import read_all
from projects.artifact_store import artifacts
from projects.models import Chunk, Event, QuotaEntry
from tests.support.studio import ask, picture_of, shot_in


def test_a_take_from_a_picture_ends_as_a_file_in_the_library(studio, ada, project):
    picture = picture_of(ada, project)
    image = project.nodes.create(kind="image", asset=picture)
    shot = shot_in(project, parent_node=image)

    (take,) = ask(ada, shot)
    studio.until_quiet()

    take.refresh_from_db()
    shot.refresh_from_db()
    assert (take.status, take.phase, take.error_code) == ("succeeded", "", "")
    assert len(read_all(artifacts().get(take.asset.blob.key))) == 48
    assert shot.chosen_take_id == take.pk
    assert {it.name for it in take.asset.renditions.all()} == {"poster-160", "poster-320", "poster-640", "sprite"}
    told = list(Event.objects.filter(entity_id=str(take.pk)).order_by("seq").values_list("type", flat=True))
    assert told[0] == "take.queued"
    assert told.count("take.chunk") == 2
    assert told[-1] == "take.finished"
    assert sum(QuotaEntry.objects.filter(take=take).values_list("seconds", flat=True)) == 2


def test_a_continuation_waits_for_its_parent_and_starts_from_its_latents(studio, ada, project):
    shot = shot_in(project)
    (parent,) = ask(ada, shot)
    child_shot = shot_in(project, parent_take=parent)
    (child,) = ask(ada, child_shot)

    studio.until_quiet()

    child.refresh_from_db()
    assert child.status == "succeeded"
    assert child.spec["latents"]["latent_frames"] == 12


def test_a_cut_inside_a_latent_encodes_frames_again(studio, ada, project):
    (parent,) = ask(ada, shot_in(project))
    (child,) = ask(ada, shot_in(project, parent_take=parent, parent_frames=35, duration_s=1))

    studio.until_quiet()

    child.refresh_from_db()
    assert child.status == "succeeded"
    assert child.spec["video"]["frames"] == 35


def test_two_seconds_of_one_take_are_never_two_rows(studio, ada, project):
    (take,) = ask(ada, shot_in(project, duration_s=3))
    studio.until_quiet()

    assert list(Chunk.objects.filter(take=take).order_by("index").values_list("index", flat=True)) == [0, 1, 2]
