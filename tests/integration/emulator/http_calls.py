"""Calls of the Bot API byte by byte, as any client could make them."""

from __future__ import annotations

import http.client
import json
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from tests.integration.bot.processes import TOKEN

Json = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Json:
        parsed: Json = json.loads(self.body)
        return parsed


@dataclass(frozen=True)
class File:
    content: bytes
    name: str = "file.bin"
    mime_type: str = "application/octet-stream"


class BotApi:
    def __init__(self, url: str, patience: float = 90) -> None:
        """`patience`: seconds until an answer is no longer waited for."""
        self._address = urlsplit(url).netloc
        self._patience = patience

    def send(self, verb: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        """An underscore in a header's name stands for a hyphen."""
        connection = http.client.HTTPConnection(self._address, timeout=self._patience)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(verb, path, body, named)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def post(self, method: str, body: bytes, content_type: str, token: str = TOKEN) -> Reply:
        return self.send("POST", path(method, token), body, Content_Type=content_type)

    def call(self, method: str, /, **parameters: Any) -> Reply:
        return self.post(method, json.dumps(parameters).encode(), "application/json")

    def call_briefly(self, method: str, /, **parameters: Any) -> Reply:
        """As `call`, by somebody who hardly waits. Raises TimeoutError."""
        return BotApi(f"http://{self._address}", patience=0.2).call(method, **parameters)

    def result(self, method: str, /, **parameters: Any) -> Any:
        reply = self.call(method, **parameters)
        assert reply.status == 200, reply.body
        return reply.json["result"]

    def get(self, method: str, **parameters: Any) -> Reply:
        return self.send("GET", f"{path(method)}?{urlencode(parameters)}")

    def post_form(self, method: str, **parameters: Any) -> Reply:
        return self.post(method, urlencode(parameters).encode(), "application/x-www-form-urlencoded")

    def upload(self, method: str, /, **fields: str | File) -> Reply:
        body, content_type = multipart(fields)
        return self.post(method, body, content_type)

    def newest_update(self, kind: str) -> Any:
        """The content of the last update, which is of this kind."""
        return self.result("getUpdates", offset=-1)[0][kind]

    def download(self, file_path: str, token: str = TOKEN) -> Reply:
        return self.send("GET", f"/file/bot{token}/{quote(file_path)}")


def path(method: str, token: str = TOKEN) -> str:
    return f"/bot{token}/{method}"


def multipart(fields: dict[str, str | File]) -> tuple[bytes, str]:
    """Body and content type."""
    boundary = uuid.uuid4().hex
    parts = [f"--{boundary}\r\n".encode() + _part(name, value) for name, value in fields.items()]
    body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
    return body, f"multipart/form-data; boundary={boundary}"


def _part(name: str, value: str | File) -> bytes:
    disposition = f'Content-Disposition: form-data; name="{name}"'
    if isinstance(value, str):
        return f"{disposition}\r\n\r\n{value}\r\n".encode()
    head = f'{disposition}; filename="{value.name}"\r\nContent-Type: {value.mime_type}\r\n\r\n'
    return head.encode() + value.content + b"\r\n"
