"""Who may do what: one question, asked by every door (API, socket, media)."""

from uuid import UUID

from django.db.models import UUIDField

from projects.errors import NotAllowed, NotFound
from projects.models import Membership, Project, User
from projects.models.prepared import Prepared
from projects.models.project import Role

_RANK = {Role.VIEWER: 0, Role.EDITOR: 1, Role.OWNER: 2}
_BY_ID = Prepared(lambda pk: Project.objects.filter(pk=pk)[:1], pk=UUIDField())
_HELD = Prepared(lambda pk: Project.objects.select_for_update().filter(pk=pk), pk=UUIDField())


def role_in(user: User, project: Project) -> Role | None:
    """A person's role in a project; None for strangers."""
    if project.owner_id == user.pk:
        return Role.OWNER
    membership = Membership.objects.filter(project=project, user_id=user.pk).only("role").first()
    return Role(membership.role) if membership else None


def project_for(
    user: User, project_id: UUID | str, least: Role, *, in_bin: bool = False, lock: bool = False
) -> Project:
    """A project that this person may use in this way.

    Args:
        user: Who asks.
        project_id: Of which project.
        least: What they have to be at least.
        in_bin: Whether a project in the bin counts.
        lock: Whether to hold its row until the transaction ends, so that nobody else changes it meanwhile.

    Raises:
        NotFound: If there is none, or they have no part in it.
        NotAllowed: If they have, but not enough.
    """
    project = next(iter((_HELD if lock else _BY_ID)(pk=project_id)), None)
    role = role_in(user, project) if project else None
    if project is None or role is None or (project.deleted_at and not in_bin):
        raise NotFound(f"there is no project {project_id} for you")
    if _RANK[role] < _RANK[least]:
        raise NotAllowed(f"this needs the role {least} in the project, yours is {role}")
    return project


def may(role: Role, least: Role) -> bool:
    """Whether a role includes another."""
    return _RANK[role] >= _RANK[least]
