"""The tables, one file per concept; Django finds them here."""

from projects.models.account import ApiToken, Invitation, User
from projects.models.asset import Asset, Blob, Collection, Rendition, Upload
from projects.models.event import Event, IdempotencyKey
from projects.models.film import Export, Film, FilmItem
from projects.models.moderation import ModerationRule
from projects.models.node import Node
from projects.models.operation import Checkpoint, Operation
from projects.models.project import Membership, Project, ShareLink
from projects.models.quota import QuotaEntry
from projects.models.take import Chunk, Take
from projects.models.worker import Worker

__all__ = [
    "ApiToken",
    "Asset",
    "Blob",
    "Checkpoint",
    "Chunk",
    "Collection",
    "Event",
    "Export",
    "Film",
    "FilmItem",
    "IdempotencyKey",
    "Invitation",
    "Membership",
    "ModerationRule",
    "Node",
    "Operation",
    "Project",
    "QuotaEntry",
    "Rendition",
    "ShareLink",
    "Take",
    "Upload",
    "User",
    "Worker",
]
