"""The product's Celery app: wakes workers by task name. The database owns the truth; lost messages lose nothing."""

import os
from typing import Any, Self

from celery import Celery
from kombu.connection import Connection

from generation.contract.messages import CONTROL_QUEUE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")  # noqa: TID251 - an entry point


class SteadyConnection(Connection):
    """Looks for a broker that was away every two seconds, as ``generation/serving/broker.py``, which is not for us."""

    def ensure_connection(self, *arguments: Any, **options: Any) -> Self:  # noqa: ANN401 - as kombu has it
        """Connect, and try again as often as the caller says."""
        steady = {"interval_start": 1, "interval_step": 1, "interval_max": 2, **options}
        connected: Self = super().ensure_connection(*arguments, **steady)  # type: ignore[no-untyped-call] # untyped
        return connected


app = Celery("sceneloom")
app.config_from_object("webapp.celery_settings")
app.amqp.Connection = SteadyConnection
app.conf.task_default_queue = CONTROL_QUEUE
app.autodiscover_tasks(["projects"])
