"""Edits of a canvas: commands with a before and an after, applied field by field, kept in a log.

A field is changed if it is still what the command saw (or already what it wants). Else it is a clash: that field stays,
everything else of the command is done, and whoever sent it is told both values. A command sent twice is applied once.
The take that the studio chose for a shot, the first that was ready, gives way to a person's first choice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, UUIDField
from django.utils import timezone

from projects import events
from projects.actions.document_fields import checked_field, new_node
from projects.actions.film_changes import change_film_fields, films_with_items
from projects.actions.take_changes import locked_take
from projects.actions.take_marks import set_marks, shown_mark
from projects.errors import Invalid
from projects.models import Node, Operation, Project, User
from projects.models.prepared import Prepared
from projects.models.project import Role
from projects.permissions import project_for
from projects.rules.graph import would_cycle
from projects.shapes.documents import NODE_FIELDS, film_shape, node_shape

MOST_OPERATIONS = 200
_CHOSEN = "chosen_take_id"
_KNOWN = Prepared(lambda ids: Operation.objects.filter(pk__in=ids), lists=["ids"], ids=UUIDField())
_NODE = Prepared(
    lambda pk, project: Node.objects.select_for_update().filter(pk=pk, project=project),
    pk=UUIDField(),
    project=UUIDField(),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clash:
    """A field that somebody else changed meanwhile."""

    operation: str
    entity_id: str
    field: str
    yours: Any
    theirs: Any
    version: int

    def to_json(self) -> dict[str, Any]:
        """As clients see it."""
        return {
            "id": self.operation, "node_id": self.entity_id, "field": self.field, "yours": self.yours,
            "theirs": self.theirs, "version": self.version,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """What became of a batch of commands."""

    applied: list[dict[str, Any]]
    clashes: list[Clash]
    operation_seq: int


def apply_operations(
    user: User, project_id: UUID, operations: Sequence[Mapping[str, Any]], *, client_id: str
) -> Applied:
    """Apply commands in order, all in one transaction.

    Args:
        user: Who edits; must be at least an editor.
        project_id: Whose canvas.
        operations: As the API describes them.
        client_id: The tab they come from; it does not hear of them again.

    Raises:
        Invalid: If a command is none; nothing is applied then.
    """
    if len(operations) > MOST_OPERATIONS:
        raise Invalid(f"at most {MOST_OPERATIONS} operations at once, got {len(operations)}")
    with transaction.atomic():
        project = project_for(user, project_id, Role.EDITOR, lock=True)
        batch = _Batch(project=project, user=user, client_id=client_id)
        batch.find_known(operations)
        for operation in operations:
            batch.apply(operation)
        batch.tell()
    return Applied(applied=batch.applied, clashes=batch.clashes, operation_seq=batch.seq)


class _Batch:
    """One batch in its transaction."""

    def __init__(self, *, project: Project, user: User, client_id: str) -> None:
        self.project = project
        self.user = user
        self.client_id = client_id
        self.seq = project.operation_seq
        self.applied: list[dict[str, Any]] = []
        self.clashes: list[Clash] = []
        self._told: list[dict[str, Any]] = []
        self._versions: dict[str, int] = {}
        self._known: dict[UUID, Operation] = {}

    def find_known(self, operations: Sequence[Mapping[str, Any]]) -> None:
        """Look up once which of these commands were applied before."""
        ids = [_uuid(operation.get("id"), "id") for operation in operations]
        self._known = {known.pk: known for known in (_KNOWN(ids=ids) if ids else ())}

    def apply(self, operation: Mapping[str, Any]) -> None:
        """Apply one command, or find that it was applied before."""
        operation_id = _uuid(operation.get("id"), "id")
        known = self._known.get(operation_id)
        if known is not None:
            if known.project_id != self.project.pk:
                raise Invalid("an operation id belongs to one project", code="operation_reused")
            self.applied.append({"id": str(known.pk), "seq": known.seq, "node_versions": {}})
            return
        kind = str(operation.get("type", ""))
        handler = _HANDLERS.get(kind)
        if handler is None:
            raise Invalid(f"an operation is one of {', '.join(_HANDLERS)}, got {kind[:40]!r}")
        versions = handler(self, operation)
        self.seq += 1
        self._known[operation_id] = Operation.objects.create(
            pk=operation_id,
            project=self.project,
            seq=self.seq,
            user=self.user,
            client_id=self.client_id[:64],
            group_id=str(operation.get("group_id", ""))[:64],
            type=kind,
            body={key: value for key, value in operation.items() if key not in ("id", "type", "group_id")},
        )
        self._versions |= versions
        self._told.append(dict(operation))
        self.applied.append({"id": str(operation_id), "seq": self.seq, "node_versions": versions})

    def tell(self) -> None:
        """Keep the numbers, and tell other tabs."""
        if not self._told:
            return
        Project.objects.filter(pk=self.project.pk).update(operation_seq=self.seq, edited_at=timezone.now())
        events.record(
            self.project.pk,
            "doc.ops",
            entity_id=self.project.pk,
            entity_version=self.seq,
            data={"client_id": self.client_id, "ops": self._told, "node_versions": self._versions},
        )

    def node(self, node_id: object) -> Node:
        """A card of this project."""
        found = _NODE(pk=_uuid(node_id, "node_id"), project=self.project.pk)
        if not found:
            raise Invalid(f"there is no node {node_id} in this project", code="node_gone")
        return found[0]

    def merge(
        self, operation: Mapping[str, Any], entity_id: str, version: int, current: Callable[[str], Any]
    ) -> dict[str, Any]:
        """Fields of a command that may be changed; the others are noted as clashes."""
        before, after = operation.get("before"), operation.get("after")
        if not isinstance(before, dict) or not isinstance(after, dict):
            raise Invalid("an update has a before and an after")
        wanted = {}
        for name, value in after.items():
            theirs = current(name)
            if theirs in (before.get(name), value) or (name == _CHOSEN and before.get(name) is None):
                wanted[name] = value
            else:
                self.clashes.append(
                    Clash(
                        operation=str(operation["id"]), entity_id=entity_id, field=name, yours=value, theirs=theirs,
                        version=version,
                    )
                )  # fmt: skip
        return wanted


def _create_node(batch: _Batch, operation: Mapping[str, Any]) -> dict[str, int]:
    plain = operation.get("node")
    if not isinstance(plain, dict):
        raise Invalid("node.create carries a node")
    node = new_node(batch.project, plain, node_id=_uuid(plain.get("id"), "node.id"))
    _refuse_cycle(batch.project, node)
    return {str(node.pk): node.version}


def _update_node(batch: _Batch, operation: Mapping[str, Any]) -> dict[str, int]:
    node = batch.node(operation.get("node_id"))
    shown, version_before = node_shape(node), node.version

    def current(name: str) -> Any:  # noqa: ANN401 - plain JSON
        if name not in NODE_FIELDS:
            raise Invalid(f"a node has no field {name[:40]!r} that can be changed")
        return shown[name]

    wanted = batch.merge(operation, str(node.pk), node.version, current)
    values = {NODE_FIELDS[name]: checked_field(batch.project, name, value) for name, value in wanted.items()}
    if values:
        Node.objects.filter(pk=node.pk).update(version=F("version") + 1, **values)
        if {"parent_node_id", "parent_take_id"} & set(values):
            node.refresh_from_db()
            _refuse_cycle(batch.project, node)
    # Nobody else writes it meanwhile: its row is held, or on SQLite the database is.
    return {str(node.pk): version_before + bool(values)}


def _delete_nodes(batch: _Batch, operation: Mapping[str, Any]) -> dict[str, int]:
    return _mark_nodes(batch, operation, deleted=True)


def _restore_nodes(batch: _Batch, operation: Mapping[str, Any]) -> dict[str, int]:
    return _mark_nodes(batch, operation, deleted=False)


def _mark_nodes(batch: _Batch, operation: Mapping[str, Any], *, deleted: bool) -> dict[str, int]:
    ids = operation.get("node_ids")
    if not isinstance(ids, list) or not ids:
        raise Invalid("node_ids names the nodes")
    versions = {}
    for node_id in ids:
        node = batch.node(node_id)
        Node.objects.filter(pk=node.pk).update(version=F("version") + 1, deleted_at=timezone.now() if deleted else None)
        versions[str(node.pk)] = node.version + 1
    return versions


def _update_project(batch: _Batch, operation: Mapping[str, Any]) -> dict[str, int]:
    project = batch.project

    def current(name: str) -> Any:  # noqa: ANN401 - plain JSON
        if name not in ("title", "settings"):
            raise Invalid(f"a project has no field {name[:40]!r} that can be changed")
        return getattr(project, name)

    wanted = batch.merge(operation, str(project.pk), project.version, current)
    if "title" in wanted and (not isinstance(wanted["title"], str) or not 0 < len(wanted["title"]) <= 200):
        raise Invalid("a title has 1 to 200 characters")
    if wanted:
        Project.objects.filter(pk=project.pk).update(version=F("version") + 1, **wanted)
    return {}


def _update_film(batch: _Batch, operation: Mapping[str, Any]) -> dict[str, int]:
    film_id = _uuid(operation.get("film_id"), "film_id")
    film = films_with_items().select_for_update().filter(pk=film_id, project=batch.project).first()
    if film is None:
        raise Invalid("there is no such film in this project", code="film_gone")
    shown = film_shape(film)

    def current(name: str) -> Any:  # noqa: ANN401 - plain JSON
        if name not in ("title", "items"):
            raise Invalid(f"a film has no field {name[:40]!r} that can be changed")
        return shown[name]

    if wanted := batch.merge(operation, str(film.pk), film.version, current):
        change_film_fields(batch.project, film_id, wanted)
    return {}


def _update_take(batch: _Batch, operation: Mapping[str, Any]) -> dict[str, int]:
    take = locked_take(_uuid(operation.get("take_id"), "take_id"))
    if take is None or take.project_id != batch.project.pk:
        raise Invalid("there is no such take in this project", code="take_gone")

    set_marks(take, batch.merge(operation, str(take.pk), take.version, partial(shown_mark, take)))
    return {}


_HANDLERS: dict[str, Callable[[_Batch, Mapping[str, Any]], dict[str, int]]] = {
    "node.create": _create_node,
    "node.update": _update_node,
    "node.delete": _delete_nodes,
    "node.restore": _restore_nodes,
    "project.update": _update_project,
    "film.update": _update_film,
    "take.update": _update_take,
}


def _refuse_cycle(project: Project, node: Node) -> None:
    above = node.parent_take.shot_id if node.parent_take else node.parent_node_id
    if above is None:
        return
    parents = {
        str(pk): str(shot or parent) if shot or parent else None
        for pk, parent, shot in Node.objects.filter(project=project).values_list(
            "pk", "parent_node_id", "parent_take__shot_id"
        )
    }
    if would_cycle({**parents, str(node.pk): None}, str(node.pk), str(above)):
        raise Invalid("a shot cannot continue itself", code="graph_cycle")


def _uuid(value: object, name: str) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise Invalid(f"{name} must be an id, got {str(value)[:50]!r}") from error
