"""The Bot API over aiohttp: calls go out as JSON, and of an answer only the result is validated, and only once."""

from __future__ import annotations

import ssl
import types
from collections.abc import AsyncGenerator
from functools import cache
from http import HTTPStatus
from typing import Any, cast

import certifi
import orjson
from aiogram import Bot
from aiogram.client.session.base import DEFAULT_TIMEOUT, BaseSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import ClientDecodeError, TelegramNetworkError, TelegramServerError
from aiogram.methods.base import TelegramMethod, TelegramType
from aiogram.types import InputFile
from aiohttp import (
    BytesPayload,
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    FormData,
    TCPConnector,
)
from aiohttp.hdrs import ACCEPT, ACCEPT_ENCODING
from pydantic import TypeAdapter
from yarl import URL

from bot.domain.calls import Call
from bot.telegram.encoding import dumps, parameters
from bot.telegram.network_errors import network_error, without_token

CONNECT_TIMEOUT = 10.0  # seconds
KEEPALIVE = 30.0  # seconds that an idle connection stays open
DNS_TTL = 3600  # seconds
_WHAT_BROWSERS_ACCEPT = {ACCEPT: "*/*", ACCEPT_ENCODING: "gzip, deflate"}


class NotJson(Exception):
    """A method with files cannot be kept as JSON; send it at once."""


class Session(BaseSession):
    """Raises aiogram's exceptions alone, and the token stands in none of them."""

    def __init__(
        self,
        api: TelegramAPIServer = PRODUCTION,
        limit: int = 100,
        timeout: float = DEFAULT_TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
    ) -> None:
        """`limit`: connections at the same time; the timeouts are in seconds."""
        super().__init__(api=api, timeout=timeout)
        self._connect_timeout = connect_timeout
        self._limit = limit
        self._client: ClientSession | None = None
        self._addresses: dict[tuple[str, str], URL] = {}

    def encode(self, bot: Bot, method: TelegramMethod[Any]) -> Call:
        """With the bot's defaults filled in. Raises NotJson for a method with files."""
        files: list[InputFile] = []
        call = Call(method.__api_method__, parameters(method, bot.default, files))
        if files:
            raise NotJson(f"{call.method} has a file")
        return call

    async def deliver(self, bot: Bot, call: Call, timeout: float | None = None) -> None:
        """Makes the call and passes over its result; `timeout` is in seconds."""
        status, body = await self._post(bot, call, _json(call.parameters), timeout)
        if not _succeeded(status, _read(body)):
            self._take_apart(bot, _unread(call), status, body)

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: float | None = None
    ) -> TelegramType:
        files: list[InputFile] = []
        given = parameters(method, bot.default, files)
        status, body = await self._post(bot, method, self._form(bot, method) if files else _json(given), timeout)
        answer = _read(body)
        if _succeeded(status, answer):
            try:
                result = _validator(type(method)).validate_python(answer.get("result"), context={"bot": bot})
            except ValueError:
                pass
            else:
                return cast(TelegramType, result)
        return self._take_apart(bot, method, status, body)

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """Raises TelegramNetworkError, also for an HTTP status of 400 and above; `timeout` is in seconds."""
        try:
            async with self._opened().get(
                url,
                timeout=ClientTimeout(total=timeout, sock_connect=self._connect_timeout),
                headers=_WHAT_BROWSERS_ACCEPT | (headers or {}),
                raise_for_status=raise_for_status,
            ) as response:
                async for chunk in response.content.iter_chunked(chunk_size):
                    yield chunk
                return
        except (ClientError, OSError) as error:
            failure = error
        raise network_error(_unread(Call("download", {})), failure)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def _post(
        self, bot: Bot, asked: TelegramMethod[Any] | Call, data: BytesPayload | FormData, timeout: float | None
    ) -> tuple[int, bytes]:
        name = asked.method if isinstance(asked, Call) else asked.__api_method__
        seconds = self.timeout if timeout is None else timeout
        try:
            async with self._opened().post(
                self._address(bot.token, name),
                data=data,
                timeout=ClientTimeout(total=seconds, sock_connect=self._connect_timeout),
                allow_redirects=False,  # the token is for no other address
            ) as response:
                return response.status, await response.read()
        except (ClientError, OSError) as error:
            failure = error
        raise network_error(_unread(asked) if isinstance(asked, Call) else asked, failure)

    def _take_apart(self, bot: Bot, method: TelegramMethod[TelegramType], status: int, body: bytes) -> TelegramType:
        """aiogram's own reading of an answer, slow and thorough; returns where Telegram meant success."""
        text = without_token(body.decode(errors="replace"))
        if (bad := _not_utf_8(body)) is not None:
            raise ClientDecodeError("Failed to decode object", bad, text)
        try:
            response = self.check_response(bot, method, status, text)
        except TypeError:  # aiogram looks for words in the description of a 5xx, which may have none
            raise TelegramServerError(method, f"HTTP {status} without a description") from None
        return cast(TelegramType, response.result)

    def _form(self, bot: Bot, method: TelegramMethod[Any]) -> FormData:
        form, files = FormData(quote_fields=False), dict[str, InputFile]()
        for name, value in method.model_dump(warnings=False).items():
            if text := self.prepare_value(value, bot=bot, files=files):
                form.add_field(name, text)
        for name, file in files.items():
            form.add_field(name, file.read(bot), filename=file.filename or name)
        return form

    def _opened(self) -> ClientSession:
        if self._client is None or self._client.closed:
            connector = TCPConnector(
                ssl=ssl.create_default_context(cafile=certifi.where()),
                limit=self._limit,
                ttl_dns_cache=DNS_TTL,
                keepalive_timeout=KEEPALIVE,
            )
            self._client = ClientSession(
                connector=connector,
                cookie_jar=DummyCookieJar(),
                skip_auto_headers=(ACCEPT, ACCEPT_ENCODING),
            )
        return self._client

    def _address(self, token: str, method: str) -> URL:
        address = self._addresses.get((token, method))
        if address is None:
            address = self._addresses[token, method] = URL(self.api.api_url(token, method))
        return address


def is_not_sent(error: TelegramNetworkError) -> bool:
    """True where there was no connection, so that Telegram has certainly not heard of the call."""
    return isinstance(error.__cause__, ClientConnectorError | ConnectionTimeoutError)


def _json(given: dict[str, Any]) -> BytesPayload:
    return BytesPayload(dumps(given), content_type="application/json")


def _read(body: bytes) -> Any:
    """None where it is no JSON that orjson takes."""
    try:
        return orjson.loads(body)
    except ValueError:
        return None


def _succeeded(status: int, answer: Any) -> bool:
    return HTTPStatus.OK <= status <= HTTPStatus.IM_USED and type(answer) is dict and answer.get("ok") is True


def _not_utf_8(body: bytes) -> ValueError | None:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return ValueError(f"no UTF-8 at byte {error.start}")
    return None


@cache
def _validator(method: type[TelegramMethod[Any]]) -> TypeAdapter[Any]:
    # What is asked for raw is only looked at as far as its outermost brackets.
    raw = method.__returning__ == list[dict[str, Any]]
    return TypeAdapter(list[Any] if raw else method.__returning__)


class _Unread(TelegramMethod[Any]):
    """Stands in an error for the method of a call that is kept as JSON."""

    __returning__ = Any
    __api_method__ = ""


def _unread(call: Call) -> _Unread:
    return _unread_class(call.method).model_construct(**call.parameters)


@cache
def _unread_class(method: str) -> type[_Unread]:
    # aiogram's texts tell the name of the class.
    name = method[:1].upper() + method[1:]
    made = types.new_class(name, (_Unread,), {}, lambda body: body.update(__api_method__=method, __module__=__name__))
    return cast(type[_Unread], made)
