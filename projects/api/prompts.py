"""Better words."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api import bodies
from projects.api.answers import answers
from projects.api.requests import read
from projects.api.throttling import EnhanceThrottle
from projects.enhancing.enhancer import enhance


class Enhance(APIView):
    """The enhancer."""

    throttle_classes = (EnhanceThrottle,)

    @extend_schema(request=bodies.Enhancing, responses=answers("Enhanced"))
    def post(self, request: Request) -> Response:
        """Improve a prompt; nothing is kept."""
        better = enhance(read(request, bodies.Enhancing)["text"])
        return Response(
            {
                "text": better.text,
                "additions": [{"start": span.start, "stop": span.stop} for span in better.additions],
                "model": better.model,
                "warning": better.warning or None,
            }
        )
