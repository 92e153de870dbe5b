"""The web server's entry: HTTP to Django, sockets to Channels."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")  # noqa: TID251 - an entry point

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

# Django must be set up before anything of the product is imported.
_http = get_asgi_application()

from projects.sockets.routing import socket_application  # noqa: E402

application = ProtocolTypeRouter({"http": _http, "websocket": socket_application(URLRouter)})
