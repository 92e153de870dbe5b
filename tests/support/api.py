"""People at the API: a browser with its token, a program with its bearer, somebody without either."""

import json

from django.test import Client

from projects.models import User


class Browser:
    """A signed-in person; JSON in and out."""

    def __init__(self, user: User | None, **headers):
        self.client = Client(enforce_csrf_checks=False, headers=headers)
        if user is not None:
            self.client.force_login(user)

    def call(self, method: str, path: str, body=None, **headers):
        data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(self.client, method.lower())(f"/api/v1{path}", **data, headers=headers)

    def get(self, path, **headers):
        return self.call("GET", path, **headers)

    def post(self, path, body=None, **headers):
        return self.call("POST", path, {} if body is None else body, **headers)

    def patch(self, path, body, **headers):
        return self.call("PATCH", path, body, **headers)

    def delete(self, path, **headers):
        return self.call("DELETE", path, **headers)


def body_of(response) -> bytes:
    """All bytes of an answer, streamed or not."""
    if not response.streaming:
        return response.content
    from asgiref.sync import async_to_sync

    async def collect():
        return b"".join([piece async for piece in response])

    return async_to_sync(collect)() if response.is_async else b"".join(response)
