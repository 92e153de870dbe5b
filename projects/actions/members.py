"""Members of a project."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from projects.errors import FieldProblem, Invalid, NotFound
from projects.models import Membership, Project, User
from projects.models.project import Role
from projects.permissions import project_for


def members_of(user: User, project_id: UUID) -> list[dict[str, Any]]:
    """Everybody in a project, its owner first."""
    project = project_for(user, project_id, Role.VIEWER)
    rows = Membership.objects.filter(project=project).select_related("user").order_by("created_at")
    owner = {"user_id": str(project.owner_id), "username": project.owner.get_username(), "role": Role.OWNER}
    return [
        owner,
        *({"user_id": str(it.user_id), "username": it.user.get_username(), "role": it.role} for it in rows),
    ]


def add_member(user: User, project_id: UUID, *, username: str, role: str) -> None:
    """Let somebody in; again, with another role, changes the role.

    Raises:
        Invalid: If there is nobody of that name.
    """
    project = project_for(user, project_id, Role.OWNER)
    other = User.objects.filter(username=username, is_active=True).first()
    if other is None or other.pk == project.owner_id:
        problem = FieldProblem(path="username", code="unknown_user")
        raise Invalid("there is nobody else of that name", code="unknown_user", fields=(problem,))
    Membership.objects.update_or_create(project=project, user=other, defaults={"role": role})


def change_member(user: User, project_id: UUID, other_id: UUID, *, role: str) -> None:
    """Give a member another role.

    Raises:
        NotFound: If they are none.
    """
    project = project_for(user, project_id, Role.OWNER)
    if not Membership.objects.filter(project=project, user_id=other_id).update(role=role):
        raise NotFound("they are no member of this project")


def pass_ownership(user: User, project_id: UUID, other_id: UUID) -> None:
    """Make a member the owner; who owned it before stays in it as an editor.

    Raises:
        NotFound: If they are no member, or their account is closed.
    """
    with transaction.atomic():
        project = project_for(user, project_id, Role.OWNER, lock=True)
        taken = Membership.objects.filter(project=project, user_id=other_id, user__is_active=True).delete()
        if not taken[0]:
            raise NotFound("they are no member of this project")
        Project.objects.filter(pk=project.pk).update(owner_id=other_id, version=F("version") + 1)
        Membership.objects.create(project=project, user_id=user.pk, role=Role.EDITOR)


def remove_member(user: User, project_id: UUID, other_id: UUID) -> None:
    """Take somebody out; everybody may take themselves out.

    Raises:
        NotFound: If they are no member.
    """
    least = Role.VIEWER if other_id == user.pk else Role.OWNER
    project = project_for(user, project_id, least)
    deleted, _ = Membership.objects.filter(project=project, user_id=other_id).delete()
    if not deleted:
        raise NotFound("they are no member of this project")
