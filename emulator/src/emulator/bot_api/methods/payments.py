"""Invoices in Telegram Stars, from the invoice to the refund."""

from __future__ import annotations

import time
from typing import Any

from emulator import checkout
from emulator.bot_api import sending, targets
from emulator.bot_api.arguments import Arguments
from emulator.bot_api.methods.buttons import TOO_OLD
from emulator.errors import bad_request
from emulator.fields import LARGEST, WrongField, integer, text
from emulator.telegram import Telegram

STARS = "XTR"
LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_PAYLOAD = 32, 255, 128  # the last one in bytes
MOST_STARS = 100_000
LARGEST_AMOUNT = 999_999_999_999


async def send_invoice(telegram: Telegram, arguments: Arguments) -> Any:
    for name in ("title", "description", "payload", "currency"):
        if not arguments.text(name):
            raise bad_request(f'parameter "{name}" is required')
    prices = _prices(arguments)
    total = sum(prices)
    address = sending.addressed(telegram, arguments)
    _check(arguments, prices, total)
    invoice = {
        "title": arguments.text("title"),
        "description": arguments.text("description"),
        "start_parameter": arguments.text("start_parameter"),
        "currency": arguments.text("currency"),
        "total_amount": total,
    }
    message = sending.deliver(telegram, address, {"invoice": invoice}, pay_button=f"Pay ⭐️{total:,}")
    telegram.payments.payloads[message["chat"]["id"], message["message_id"]] = arguments.text("payload")
    return message


async def answer_pre_checkout_query(telegram: Telegram, arguments: Arguments) -> Any:
    ok, error = arguments.boolean("ok"), arguments.text("error_message")
    if not ok and not error:
        raise bad_request('parameter "error_message" is required')
    payment = telegram.payments.awaiting(arguments.text("pre_checkout_query_id"), time.monotonic())
    if payment is None:
        raise bad_request(TOO_OLD)
    checkout.answer(telegram, payment, ok, error)
    return True


async def refund_star_payment(telegram: Telegram, arguments: Arguments) -> Any:
    person_id = targets.person_id(arguments)
    charge_id = arguments.text("telegram_payment_charge_id")
    if not charge_id:
        raise bad_request('parameter "telegram_payment_charge_id" is required')
    payment = telegram.payments.by_charge(charge_id)
    if payment is None or payment.person_id != person_id:
        raise bad_request("CHARGE_NOT_FOUND")
    if payment.refunded:
        raise bad_request("CHARGE_ALREADY_REFUNDED")
    checkout.refund(telegram, payment)
    return True


def _prices(arguments: Arguments) -> list[int]:
    if not arguments.text("prices"):
        raise bad_request('parameter "prices" is required')
    given = arguments.json("prices", "can't parse prices JSON object")
    if not isinstance(given, list):
        raise bad_request("expected an Array of labeled prices")
    prices = [_price(price) for price in given]
    if not prices:
        raise bad_request("there must be at least one price")
    return prices


def _price(price: Any) -> int:
    try:
        if not isinstance(price, dict):
            raise WrongField("LabeledPrice must be an Object")
        if not text(price, "label"):
            raise WrongField("LabeledPrice label must be non-empty")
        return integer(price, "amount", LARGEST)
    except WrongField as wrong:
        raise bad_request(f"can't parse labeled price: {wrong}") from None


def _check(arguments: Arguments, prices: list[int], total: int) -> None:
    if any(abs(price) > LARGEST_AMOUNT for price in prices):
        raise bad_request("too big amount of the currency specified")
    if total <= 0:
        raise bad_request("total price must be positive")
    if arguments.text("currency") != STARS:
        raise bad_request("PAYMENT_PROVIDER_INVALID")
    if len(prices) != 1 or arguments.text("provider_token"):
        raise bad_request("STARS_INVOICE_INVALID")
    if total > MOST_STARS:
        raise bad_request("CURRENCY_TOTAL_AMOUNT_INVALID")
    if len(arguments.text("payload").encode()) > LONGEST_PAYLOAD:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    if len(arguments.text("title")) > LONGEST_TITLE:
        raise bad_request("INVOICE_TITLE_INVALID")
    if len(arguments.text("description")) > LONGEST_DESCRIPTION:
        raise bad_request("INVOICE_DESCRIPTION_INVALID")
