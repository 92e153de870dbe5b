"""Named moments of a canvas, and going back to them."""

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from projects import events
from projects.errors import NotFound
from projects.models import Checkpoint, Node, Project, User
from projects.models.project import Role
from projects.permissions import project_for
from projects.shapes.documents import NODE_FIELDS, nodes_shape


def make_checkpoint(user: User, project_id: UUID, name: str) -> Checkpoint:
    """Keep the whole document as it is now, under a name."""
    project = project_for(user, project_id, Role.EDITOR)
    with transaction.atomic():
        nodes = nodes_shape(Node.objects.filter(project=project, deleted_at=None))
        return Checkpoint.objects.create(
            project=project,
            user=user,
            name=name,
            operation_seq=Project.objects.values_list("operation_seq", flat=True).get(pk=project.pk),
            document={"title": project.title, "nodes": nodes},
        )


def restore_checkpoint(user: User, project_id: UUID, checkpoint_id: UUID) -> int:
    """Bring the document back to a named moment. Cards made since go to the bin; takes and files stay.

    Returns:
        The number of operations now.

    Raises:
        NotFound: If there is no such moment.
    """
    project_for(user, project_id, Role.EDITOR)
    checkpoint = Checkpoint.objects.filter(pk=checkpoint_id, project_id=project_id).first()
    if checkpoint is None:
        raise NotFound("there is no such checkpoint")
    with transaction.atomic():
        project = Project.objects.select_for_update().get(pk=project_id)
        kept = {plain["id"]: plain for plain in checkpoint.document["nodes"]}
        Node.objects.filter(project=project).exclude(pk__in=kept).update(
            deleted_at=timezone.now(), version=F("version") + 1
        )
        for node_id, plain in kept.items():
            values = {column: plain[name] for name, column in NODE_FIELDS.items()}
            Node.objects.filter(pk=node_id, project=project).update(deleted_at=None, version=F("version") + 1, **values)
        seq = project.operation_seq + 1
        Project.objects.filter(pk=project.pk).update(operation_seq=seq, title=checkpoint.document["title"])
        events.record(project.pk, "doc.restored", entity_id=project.pk, entity_version=seq, data={})
    return seq
