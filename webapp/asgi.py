"""The web server's entry: HTTP to Django, sockets to Channels."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")  # noqa: TID251 - an entry point

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import get_resolver

# Django must be set up before anything of the product is imported.
django.setup(set_prefix=False)

from projects.sockets.routing import socket_application  # noqa: E402
from webapp.request_threads import RequestThreads  # noqa: E402

# Everything that a request needs is loaded now, not by the first; and what is loaded stays, so that the collector need
# not look through all of it again and again, while everybody waits for a tenth of a second.
get_resolver().url_patterns  # noqa: B018
application = ProtocolTypeRouter({"http": RequestThreads(), "websocket": socket_application(URLRouter)})
gc.collect()
gc.freeze()
