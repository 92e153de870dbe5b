"""What requests may say, as serializers: checked before an action sees it, and described in the schema."""

from typing import Any, ClassVar

from rest_framework import serializers

from generation.contract.requests import MAX_SECONDS, MAX_SEED


class BoundedList(serializers.ListField):
    """A list that is counted before its entries are looked at: a million wrong ones are one refusal, not a million."""

    def run_child_validation(self, data: Any) -> Any:  # noqa: ANN401 - as the framework has it
        """Refuse what is too long."""
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().run_child_validation(data)


class BoundedDict(serializers.DictField):
    """The same of names with values; no take has more seconds than this."""

    most = 60
    default_error_messages: ClassVar = {"max_length": "Ensure this field has no more than {most} entries."}

    def run_child_validation(self, data: Any) -> Any:  # noqa: ANN401 - as the framework has it
        """Refuse what is too long."""
        if len(data) > self.most:
            self.fail("max_length", most=self.most)
        return super().run_child_validation(data)


class ProjectCreation(serializers.Serializer):
    """POST /projects."""

    title = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    asset = serializers.UUIDField(required=False, allow_null=True, default=None)
    template = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class ProjectChange(serializers.Serializer):
    """PATCH /projects/{id}."""

    title = serializers.CharField(max_length=200, required=False)
    settings = serializers.DictField(required=False)
    archived = serializers.BooleanField(required=False)
    deleted = serializers.BooleanField(required=False)


class OperationBatch(serializers.Serializer):
    """POST /projects/{id}/ops."""

    client_id = serializers.CharField(max_length=64)
    ops = BoundedList(child=serializers.DictField(), max_length=200)


class CheckpointCreation(serializers.Serializer):
    """POST /projects/{id}/checkpoints."""

    name = serializers.CharField(max_length=200)


class CutBody(serializers.Serializer):
    """Where a take is continued."""

    take_id = serializers.UUIDField()
    frames = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class TakeRequest(serializers.Serializer):
    """POST /shots/{id}/takes."""

    count = serializers.IntegerField(min_value=1, max_value=8, required=False)
    duration_s = serializers.IntegerField(min_value=1, max_value=MAX_SECONDS, required=False)
    seed = serializers.IntegerField(min_value=0, max_value=MAX_SEED, required=False, allow_null=True)
    prompt = serializers.CharField(max_length=100_000, required=False, allow_blank=True, trim_whitespace=False)
    second_prompts = BoundedDict(child=serializers.CharField(allow_blank=True), required=False)
    enhance = serializers.BooleanField(required=False)
    enhanced_prompt = serializers.CharField(max_length=4000, required=False, allow_blank=True, allow_null=True)
    quality = serializers.CharField(max_length=20, required=False, allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """``from`` is a word of Python."""
        fields = super().get_fields()
        fields["from"] = CutBody(required=False, allow_null=True)
        return fields


class TakeMarks(serializers.Serializer):
    """PATCH /takes/{id}."""

    starred = serializers.BooleanField(required=False)
    rejected = serializers.BooleanField(required=False)
    tags = BoundedList(child=serializers.CharField(max_length=60), max_length=50, required=False)
    # In seconds; the frame that stands there. Null: the first.
    poster_at_s = serializers.FloatField(min_value=0, required=False, allow_null=True)


class Cancelling(serializers.Serializer):
    """POST /takes/{id}/cancel."""

    keep_ready = serializers.BooleanField(required=False, default=False)


class Regenerating(serializers.Serializer):
    """POST /takes/{id}/regenerate."""

    from_second = serializers.IntegerField(min_value=1, max_value=MAX_SECONDS)
    seed = serializers.IntegerField(min_value=0, max_value=MAX_SEED, required=False, allow_null=True, default=None)
    prompt = serializers.CharField(max_length=4000, required=False, allow_null=True, default=None)
    quality = serializers.CharField(max_length=20, required=False, allow_null=True, default=None)


class Trimming(serializers.Serializer):
    """POST /takes/{id}/trim."""

    start_frame = serializers.IntegerField(min_value=0)
    stop_frame = serializers.IntegerField(min_value=1)


class Enhancing(serializers.Serializer):
    """POST /prompts/enhance."""

    text = serializers.CharField(max_length=4000)
    take_id = serializers.UUIDField(required=False, allow_null=True)
    asset_id = serializers.UUIDField(required=False, allow_null=True)
    language = serializers.CharField(max_length=10, required=False, allow_blank=True)


class QueueMove(serializers.Serializer):
    """PATCH /queue/{take}."""

    before = serializers.UUIDField(required=False, allow_null=True, default=None)


class QueueCancelling(serializers.Serializer):
    """POST /queue/cancel."""

    filter = serializers.RegexField(r"^(waiting|all|project:[0-9a-fA-F-]{36})$", default="waiting")


class AssetChange(serializers.Serializer):
    """PATCH /assets/{id}."""

    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    starred = serializers.BooleanField(required=False)
    rejected = serializers.BooleanField(required=False)
    tags = BoundedList(child=serializers.CharField(max_length=60), max_length=50, required=False)


class AssetBulk(serializers.Serializer):
    """POST /assets/bulk."""

    action = serializers.ChoiceField(
        choices=("star", "unstar", "reject", "unreject", "tag", "untag", "delete", "restore", "add_to_collection")
    )
    ids = BoundedList(child=serializers.UUIDField(), max_length=500)
    value = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class CollectionBody(serializers.Serializer):
    """POST /collections, PATCH /collections/{id}."""

    title = serializers.CharField(max_length=200)


class FilmCreation(serializers.Serializer):
    """POST /films."""

    project = serializers.UUIDField()
    title = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class FilmChange(serializers.Serializer):
    """PATCH /films/{id}."""

    title = serializers.CharField(max_length=200, required=False)
    items = BoundedList(child=serializers.DictField(), max_length=500, required=False)


class FilmBuilding(serializers.Serializer):
    """POST /films/{id}/build."""

    node_id = serializers.UUIDField()


class Exporting(serializers.Serializer):
    """POST /films/{id}/exports."""

    preset = serializers.ChoiceField(
        choices=("web_1080p", "small_720p", "master", "contact_sheet", "contact_sheet_pdf", "archive")
    )
    fps = serializers.ChoiceField(choices=(0, 24, 30), default=0)
    chapters = serializers.BooleanField(default=True)
    srt = serializers.BooleanField(default=False)
    project_json = serializers.BooleanField(default=False)


class ShareCreation(serializers.Serializer):
    """POST /projects/{id}/shares."""

    scope = serializers.ChoiceField(choices=("film", "film_and_prompts", "tree"), default="film")
    film_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    allow_copy = serializers.BooleanField(default=False)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class MemberCreation(serializers.Serializer):
    """POST /projects/{id}/members."""

    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=("editor", "viewer"))


class MemberChange(serializers.Serializer):
    """PATCH /projects/{id}/members/{user}."""

    role = serializers.ChoiceField(choices=("editor", "viewer"))


class OwnerChange(serializers.Serializer):
    """POST /projects/{id}/owner."""

    user_id = serializers.UUIDField()


class AccountDeletion(serializers.Serializer):
    """POST /me/deletion."""

    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class LogIn(serializers.Serializer):
    """POST /auth/login."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class Acceptance(serializers.Serializer):
    """POST /auth/invitations/{secret}/accept."""

    username = serializers.RegexField(r"^[\w.@+-]+$", max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class InvitationCreation(serializers.Serializer):
    """POST /admin/invitations."""

    email = serializers.EmailField(required=False, allow_blank=True, default="")
    is_staff = serializers.BooleanField(default=False)


class TokenCreation(serializers.Serializer):
    """POST /me/tokens."""

    name = serializers.CharField(max_length=100)


class Nothing(serializers.Serializer):
    """A request without a body."""
