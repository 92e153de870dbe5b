"""The product's own Celery tasks: results come in, files are taken in, finished and made. Each queue has its worker."""

import logging
from typing import Any

from celery import shared_task

from generation.contract.messages import RECORD_EVENT, Message, TakeProgress
from generation.errors import RequestError
from projects.actions.commits import commit
from projects.actions.exports import render_export
from projects.actions.take_files import finish_take as make_file
from projects.actions.take_posters import make_posters as make_pictures
from projects.actions.uploads import process_upload as take_in
from projects.generation_client import EXPORT_FILM, FINISH_TAKE, MAKE_POSTERS, PROCESS_UPLOAD, poke, submit_own

logger = logging.getLogger(__name__)


@shared_task(name=RECORD_EVENT)
def record_event(message: dict[str, Any]) -> None:
    """The one entrance for what workers say."""
    try:
        said = Message.from_json(message)
    except RequestError as error:
        logger.warning("a worker said something else: %s", error)
        return
    if commit(said) and not isinstance(said, TakeProgress):
        poke()


@shared_task(name=FINISH_TAKE)
def finish_take(take_id: str) -> None:
    """Join a take's seconds into its file."""
    if make_file(take_id):
        poke()


@shared_task(name=PROCESS_UPLOAD)
def process_upload(upload_id: str) -> None:
    """Take a whole upload in; what takes long goes to the end of the line in between."""
    if not take_in(upload_id):
        submit_own(PROCESS_UPLOAD, upload_id=upload_id)


@shared_task(name=MAKE_POSTERS)
def make_posters(take_id: str) -> None:
    """Make the pictures of the frame that was chosen for a take."""
    make_pictures(take_id)


@shared_task(name=EXPORT_FILM)
def export_film(export_id: str) -> None:
    """Render a film."""
    render_export(export_id)
