from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from emulator.client import Person
from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator.http_calls import BotApi, Json
from tests.integration.emulator.world import STARS

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


@pytest.fixture
def invoice(bot: BotApi, guest: Person) -> Json:
    message: Json = bot.result("sendInvoice", chat_id=1, **STARS)
    return message


@pytest.fixture
def query(bot: BotApi, telegram: EmulatorProcess, invoice: Json) -> Json:
    """Ada pays, and the bot is asked."""
    telegram.client.post("/control/payments", {"person_id": 1, "message_id": invoice["message_id"]})
    content: Json = bot.newest_update("pre_checkout_query")
    return content


def agreed(bot: BotApi, query: Json) -> Json:
    assert bot.result("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True) is True
    payment: Json = bot.newest_update("message")["successful_payment"]
    return payment


def test_an_invoice_shows_a_pay_button(invoice: Json) -> None:
    assert invoice["invoice"] == {
        "title": "Tea",
        "description": "Hot",
        "start_parameter": "",
        "currency": "XTR",
        "total_amount": 5,
    }
    assert invoice["reply_markup"]["inline_keyboard"][0][0]["pay"] is True


def test_the_bot_is_asked_before_the_money_is_taken(query: Json) -> None:
    assert query.pop("id").isdigit()
    assert query == {
        "from": {"id": 1, "is_bot": False, "first_name": "Ada"},
        "currency": "XTR",
        "total_amount": 5,
        "invoice_payload": "tea-1",
    }


def test_a_payment_carries_the_payload_and_two_charges(bot: BotApi, query: Json) -> None:
    payment = agreed(bot, query)
    assert (payment["currency"], payment["total_amount"], payment["invoice_payload"]) == ("XTR", 5, "tea-1")
    assert payment["telegram_payment_charge_id"]
    assert payment["provider_payment_charge_id"]


def test_a_checkout_is_answered_once(bot: BotApi, query: Json) -> None:
    agreed(bot, query)
    again = bot.call("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True)
    assert again.json["description"] == TOO_OLD


def test_a_refusal_tells_why_and_takes_nothing(bot: BotApi, guest: Person, invoice: Json) -> None:
    bot.result("deleteWebhook", drop_pending_updates=True)
    with ThreadPoolExecutor(1) as elsewhere:
        answer = elsewhere.submit(guest.pay, invoice["message_id"])
        [query] = [update["pre_checkout_query"] for update in bot.result("getUpdates", timeout=20)]
        bot.result("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], error_message="Sold out")
        assert answer.result() == {"ok": False, "error_message": "Sold out"}
    assert bot.newest_update("pre_checkout_query") == query


def test_money_is_given_back_once(bot: BotApi, query: Json) -> None:
    charge = agreed(bot, query)["telegram_payment_charge_id"]
    assert bot.result("refundStarPayment", user_id=1, telegram_payment_charge_id=charge) is True
    refunded = bot.newest_update("message")["refunded_payment"]
    assert refunded["telegram_payment_charge_id"] == charge
    again = bot.call("refundStarPayment", user_id=1, telegram_payment_charge_id=charge)
    assert again.json["description"] == "Bad Request: CHARGE_ALREADY_REFUNDED"


def test_money_is_not_given_to_somebody_else(bot: BotApi, telegram: EmulatorProcess, query: Json) -> None:
    charge = agreed(bot, query)["telegram_payment_charge_id"]
    reply = bot.call("refundStarPayment", user_id=2, telegram_payment_charge_id=charge)
    assert reply.json["description"] == "Bad Request: CHARGE_NOT_FOUND"
