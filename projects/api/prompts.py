"""Better words."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.actions.first_pictures import shown_picture
from projects.api import bodies
from projects.api.answers import answers
from projects.api.requests import person, read
from projects.api.throttling import EnhanceThrottle
from projects.enhancing.enhancer import enhance


class Enhance(APIView):
    """The enhancer."""

    throttle_classes = (EnhanceThrottle,)

    @extend_schema(request=bodies.Enhancing, responses=answers("Enhanced"))
    def post(self, request: Request) -> Response:
        """Improve a prompt; nothing is kept."""
        wanted = read(request, bodies.Enhancing)
        shown = {name: wanted.get(name) for name in ("take_id", "asset_id")}
        better = enhance(wanted["text"], lambda: shown_picture(person(request), **shown))
        return Response(
            {
                "text": better.text,
                "additions": [{"start": span.start, "stop": span.stop} for span in better.additions],
                "model": better.model,
                "warning": better.warning or None,
            }
        )
