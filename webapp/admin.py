"""The operator's tables in Django's admin: people and their quotas, rules for prompts, workers, what stands in line.

Found by Django by its name. What takes a life of its own (takes, films, documents) is shown and not edited: it changes
by commands alone.
"""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from projects.models import Export, Invitation, ModerationRule, QuotaEntry, Take, User, Worker


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg] # Django has it plain
    """People: who may sign in, what they may use, and their share of the line."""

    list_display = ("username", "email", "is_active", "is_staff", "daily_seconds", "queue_weight", "last_login")
    list_editable = ("daily_seconds", "queue_weight")
    fieldsets = (
        *(UserAdmin.fieldsets or ()),
        ("Studio", {"fields": ("language", "daily_seconds", "queue_weight", "queue_paused")}),
    )


@admin.register(ModerationRule)
class ModerationRuleAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # Django has it plain
    """What nobody may ask for; counts from the next prompt on."""

    list_display = ("name", "pattern", "is_active", "created_at")
    list_editable = ("is_active",)
    ordering = ("name",)


class ShownOnly(admin.ModelAdmin):  # type: ignore[type-arg] # Django has it plain
    """Rows that somebody may look at, and nobody may make, change or delete here."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django names them
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002 - Django names them
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002 - Django names them
        """Never."""
        return False


@admin.register(Worker)
class WorkerAdmin(ShownOnly):
    """Workers as they last said themselves."""

    list_display = ("name", "kind", "preset", "device", "holds", "rss_bytes", "heard_at", "last_error")
    ordering = ("name",)


@admin.register(QuotaEntry)
class QuotaAdmin(ShownOnly):
    """The ledger of seconds."""

    list_display = ("user", "kind", "seconds", "take", "created_at")
    list_select_related = ("user", "take")
    ordering = ("-created_at",)


@admin.register(Take)
class TakeAdmin(ShownOnly):
    """Takes, newest first."""

    list_display = ("id", "requested_by", "status", "duration_s", "created_at")
    list_filter = ("status",)
    list_select_related = ("requested_by",)
    ordering = ("-created_at",)


@admin.register(Export)
class ExportAdmin(ShownOnly):
    """Exports, newest first."""

    list_display = ("id", "requested_by", "preset", "status", "created_at")
    list_filter = ("status",)
    list_select_related = ("requested_by",)
    ordering = ("-created_at",)


@admin.register(Invitation)
class InvitationAdmin(ShownOnly):
    """Invitations; their secrets are kept by nobody."""

    list_display = ("email", "invited_by", "is_staff", "expires_at", "accepted_by")
    list_select_related = ("invited_by", "accepted_by")
    ordering = ("-created_at",)
