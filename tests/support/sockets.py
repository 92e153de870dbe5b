"""A socket's client without a server: speaks ASGI to an application."""

from asgiref.testing import ApplicationCommunicator


class SocketClient(ApplicationCommunicator):
    """Opens a socket, sends and hears text."""

    def __init__(self, application, path: str, headers):
        scope = {
            "type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers,
            "subprotocols": [], "client": ["127.0.0.1", 1], "server": ["localhost", 80], "scheme": "ws",
        }  # fmt: skip
        super().__init__(application, scope)

    async def connect(self):
        """Whether the application let us in, and with which code it did not."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(5)
        return answer["type"] == "websocket.accept", answer.get("code")

    async def send_text(self, text: str) -> None:
        await self.send_input({"type": "websocket.receive", "text": text})

    async def hear(self) -> str:
        output = await self.receive_output(5)
        assert output["type"] == "websocket.send", output
        return output["text"]

    async def disconnect(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(5)
