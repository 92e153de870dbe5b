"""People: settings, tokens for programs, invitations."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from projects.errors import Conflict, FieldProblem, Invalid, NotFound
from projects.models import ApiToken, Invitation, User

INVITATION_DAYS = 7
_MOST_SETTINGS_CHARACTERS = 16_384
_USE_NOTED_EVERY = timedelta(minutes=1)


def hash_of(secret: str) -> str:
    """What is kept of a secret."""
    return sha256(secret.encode()).hexdigest()


def note_token_use(token: ApiToken, *, now: datetime) -> None:
    """Note that a token was used, at most once a minute."""
    if token.last_used_at is None or now - token.last_used_at > _USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def change_settings(user: User, values: dict[str, Any]) -> User:
    """Set some of a person's settings; null takes one away.

    Raises:
        Invalid: If they grow beyond 16 KB.
    """
    with transaction.atomic():
        mine = User.objects.select_for_update().get(pk=user.pk)
        merged = {key: value for key, value in {**mine.settings, **values}.items() if value is not None}
        if len(str(merged)) > _MOST_SETTINGS_CHARACTERS:
            raise Invalid("settings must be smaller than 16 KB", code="too_large")
        language = str(merged.get("language", mine.language) or "")
        User.objects.filter(pk=user.pk).update(settings=merged, language=language[:10])
    return User.objects.get(pk=user.pk)


def make_token(user: User, name: str) -> tuple[ApiToken, str]:
    """A token for programs, and its secret, which is shown this once."""
    secret = f"sl_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(user=user, name=name, hint=secret[:8], secret_sha256=hash_of(secret))
    return token, secret


def revoke_token(user: User, token_id: UUID) -> None:
    """Make a token useless.

    Raises:
        NotFound: If it is not one of theirs.
    """
    if not ApiToken.objects.filter(pk=token_id, user=user, revoked_at=None).update(revoked_at=timezone.now()):
        raise NotFound("there is no such token of yours")


def invite(host: User, *, email: str, is_staff: bool) -> tuple[Invitation, str]:
    """An invitation, and the secret of its link, which is shown this once."""
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        secret_sha256=hash_of(secret),
        email=email,
        invited_by=host,
        is_staff=is_staff,
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    return invitation, secret


def open_invitation(secret: str) -> Invitation:
    """The invitation of a link that can still be accepted.

    Raises:
        NotFound: If there is none.
    """
    found = Invitation.objects.filter(
        secret_sha256=hash_of(secret), accepted_at=None, expires_at__gt=timezone.now()
    ).first()
    if found is None:
        raise NotFound("this invitation was used, or is too old; ask for a new one", code="invitation_gone")
    return found


def accept_invitation(secret: str, *, username: str, password: str) -> User:
    """Open an account by invitation.

    Raises:
        NotFound: If the invitation cannot be accepted.
        Invalid: If the password is too weak.
        Conflict: If the name is taken.
    """
    invitation = open_invitation(secret)
    try:
        validate_password(password, User(username=username))
    except ValidationError as error:
        problem = FieldProblem(path="password", code="password_weak", detail=" ".join(error.messages))
        raise Invalid(problem.detail, code="password_weak", fields=(problem,)) from error
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username=username, password=password, email=invitation.email, is_staff=invitation.is_staff
            )
            taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(
                accepted_at=timezone.now(), accepted_by=user
            )
            if not taken:
                raise NotFound("this invitation was used just now", code="invitation_gone")
    except IntegrityError as error:
        raise Conflict("this name is taken", code="username_taken") from error
    return user
