"""The web server's entry: HTTP to Django, sockets to Channels."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")  # noqa: TID251 - an entry point

import django
from channels.routing import ProtocolTypeRouter, URLRouter

# Django must be set up before anything of the product is imported.
django.setup(set_prefix=False)

from projects.sockets.routing import socket_application  # noqa: E402
from webapp.request_threads import RequestThreads  # noqa: E402

application = ProtocolTypeRouter({"http": RequestThreads(), "websocket": socket_application(URLRouter)})
