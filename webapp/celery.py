"""The product's Celery app: wakes workers by task name. The database owns the truth; lost messages lose nothing."""

import os

from celery import Celery

from generation.broker import SteadyConnection
from generation.contract.messages import CONTROL_QUEUE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")  # noqa: TID251 - an entry point

app = Celery("sceneloom")
app.config_from_object("webapp.celery_settings")
app.amqp.Connection = SteadyConnection
app.conf.task_default_queue = CONTROL_QUEUE
app.autodiscover_tasks(["projects"])
