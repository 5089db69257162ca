from __future__ import annotations

from typing import Any

import pytest

from tests.integration.bot.processes import EmulatorProcess, free_port
from tests.integration.emulator.http_calls import BotApi, File, Json, Reply
from tests.waiting import wait_for


@pytest.fixture
def url() -> str:
    """Where nobody listens."""
    return f"http://127.0.0.1:{free_port()}/"


def explained(bot: BotApi, method: str, **parameters: Any) -> str:
    answer = bot.call(method, **parameters).json
    assert answer["result"] is True
    assert list(answer) == ["ok", "result", "description"]
    return str(answer["description"])


def test_without_a_webhook_there_is_little_to_tell(bot: BotApi) -> None:
    assert bot.result("getWebhookInfo") == {"url": "", "has_custom_certificate": False, "pending_update_count": 0}


def test_a_webhook_is_described(bot: BotApi, url: str) -> None:
    assert explained(bot, "setWebhook", url=url, allowed_updates=["message"]) == "Webhook was set"
    assert bot.result("getWebhookInfo") == {
        "url": url,
        "has_custom_certificate": False,
        "pending_update_count": 0,
        "max_connections": 40,
        "ip_address": "127.0.0.1",
        "allowed_updates": ["message"],
    }


@pytest.mark.parametrize(("given", "counted"), [(7, 7), (0, 1), (-1, 1), (10**6, 100_000), ("", 40), ("many", 1)])
def test_the_number_of_connections_is_brought_into_its_range(bot: BotApi, url: str, given: Any, counted: int) -> None:
    bot.result("setWebhook", url=url, max_connections=given)
    assert bot.result("getWebhookInfo")["max_connections"] == counted


def test_deleting_says_whether_there_was_one(bot: BotApi, url: str) -> None:
    assert explained(bot, "deleteWebhook") == "Webhook is already deleted"
    bot.result("setWebhook", url=url)
    assert explained(bot, "setWebhook", url="") == "Webhook was deleted"
    assert explained(bot, "setWebhook") == "Webhook is already deleted"


def test_a_second_webhook_within_a_second_is_too_much(bot: BotApi, url: str) -> None:
    def refused() -> Reply | None:
        reply = bot.call("setWebhook", url=url)
        return reply if reply.status == 429 else None

    reply = wait_for(refused, "a refusal")
    assert reply is not None
    assert reply.json == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert reply.headers["Retry-After"] == "1"


def test_waiting_updates_can_be_dropped(telegram: EmulatorProcess, bot: BotApi, url: str) -> None:
    telegram.client.person(1, "Ada").say("/start")
    assert bot.result("getWebhookInfo")["pending_update_count"] == 1
    bot.result("setWebhook", url=url, drop_pending_updates=True)
    assert bot.result("getWebhookInfo")["pending_update_count"] == 0


REFUSED = [
    ({"url": "ftp://127.0.0.1/"}, "invalid webhook URL specified"),
    ({"url": "https://"}, "invalid webhook URL specified"),
    ({"url": "http://["}, "invalid webhook URL specified"),
    ({"url": "http://127.0.0.1:99999/"}, "invalid webhook URL specified"),
    ({"url": "http://127.0.0.1:port/"}, "invalid webhook URL specified"),
    ({"url": "ftp://x/", "secret_token": "a b"}, "invalid webhook URL specified"),
    ({"secret_token": "a" * 257}, "secret token is too long"),
    ({"secret_token": "a b"}, "secret token contains unallowed characters"),
    ({"secret_token": "é"}, "secret token contains unallowed characters"),
    ({"secret_token": "a\n"}, "secret token contains unallowed characters"),
    ({"ip_address": "somewhere"}, "bad webhook: Invalid IP address specified"),
    ({"ip_address": "192.0.2.256"}, "bad webhook: Invalid IP address specified"),
    (
        {"url": "http://93.184.216.34/", "ip_address": "127.0.0.1"},
        "bad webhook: 93.184.216.34 is not on this machine, and the emulator sends nothing elsewhere",
    ),
]
REFUSED_IN_PUBLIC = [
    ({"url": "http://127.0.0.1/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
    (
        {"url": "https://127.0.0.1:8080/"},
        "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
    ),
    ({"url": "https://127.0.0.1:8443/"}, "bad webhook: IP address 127.0.0.1 is reserved"),
    ({"url": "https://example.org/", "ip_address": "10.0.0.1"}, "bad webhook: IP address 10.0.0.1 is reserved"),
    ({"url": "https://[::1]/"}, "bad webhook: IPv6-only addresses are not allowed"),
]


@pytest.mark.parametrize(("parameters", "reason"), REFUSED)
def test_a_wrong_webhook_is_refused_and_the_old_one_is_gone(bot: BotApi, parameters: Json, reason: str) -> None:
    reply = bot.call("setWebhook", **({"url": "http://127.0.0.1/"} | parameters))
    assert reply.json["description"] == f"Bad Request: {reason}"
    assert bot.result("getWebhookInfo")["url"] == ""


@pytest.mark.parametrize(("parameters", "reason"), REFUSED_IN_PUBLIC)
def test_telegrams_public_server_wants_more(
    telegram: EmulatorProcess, bot: BotApi, parameters: Json, reason: str
) -> None:
    telegram.client.request("PUT", "/control/settings", {"local_webhooks": False})
    assert bot.call("setWebhook", **parameters).json["description"] == f"Bad Request: {reason}"


def test_the_emulator_sends_nothing_to_other_machines(bot: BotApi) -> None:
    reply = bot.call("setWebhook", url="https://example.org/", ip_address="93.184.216.34")
    assert "the emulator sends nothing elsewhere" in reply.json["description"]


def test_an_unknown_host_is_refused(bot: BotApi) -> None:
    reply = bot.call("setWebhook", url=f"https://{'a' * 64}/")
    assert reply.json["description"].startswith("Bad Request: bad webhook: Failed to resolve host: ")


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        (bytes(3 * 2**20 + 1), f"certificate size is too big ({3 * 2**20 + 1} bytes)"),
        (b"no certificate", "bad webhook: "),
        (b"\xff", "bad webhook: "),
    ],
)
def test_a_wrong_certificate_is_refused(bot: BotApi, certificate: bytes, reason: str) -> None:
    reply = bot.upload("setWebhook", url="https://127.0.0.1/", certificate=File(certificate))
    assert reply.json["description"].startswith(f"Bad Request: {reason}")
    assert bot.result("getWebhookInfo")["url"] == ""
