"""The way of a payment: asked for, agreed to by the bot, paid, and perhaps given back."""

from __future__ import annotations

import secrets
import time
from typing import Any

from emulator.errors import ControlError
from emulator.payments import Payment, new_id
from emulator.people import Person
from emulator.telegram import Telegram


def begin(telegram: Telegram, person: Person, chat_id: int, message_id: int) -> Payment:
    """Somebody pays the invoice in a message; the bot is asked whether that is all right."""
    chat = telegram.chats.get(chat_id)
    entry = chat.get(message_id) if chat else None
    if entry is None or "invoice" not in entry.message:
        raise ControlError(404, "There is no invoice in that message.")
    invoice = entry.message["invoice"]
    payment = telegram.payments.add(
        Payment(
            id=new_id(),
            person_id=person.id,
            chat_id=chat_id,
            message_id=message_id,
            currency=invoice["currency"],
            total_amount=invoice["total_amount"],
            payload=telegram.payments.payloads.get((chat_id, message_id), ""),
            at=time.monotonic(),
        )
    )
    query: dict[str, Any] = {"id": payment.id, "from": person.user, "currency": payment.currency}
    query |= {"total_amount": payment.total_amount, "invoice_payload": payment.payload}
    telegram.update("pre_checkout_query", query, f"pre-checkout of {person.id}")
    return payment


def answer(telegram: Telegram, payment: Payment, ok: bool, error_message: str) -> None:
    """What the bot said to it; a yes takes the money."""
    payment.answer = {"ok": ok, "error_message": "" if ok else error_message}
    names = {"person_id": payment.person_id, "chat_id": payment.chat_id, "message_id": payment.message_id}
    telegram.events.publish("pre_checkout_answer", names | payment.answer)
    if ok:
        _announce(telegram, payment, "successful_payment", telegram.payments.charge(payment))
    telegram.changed.fire()


def refund(telegram: Telegram, payment: Payment) -> None:
    payment.refunded = True
    _announce(telegram, payment, "refunded_payment", payment.charge_id)


def _announce(telegram: Telegram, payment: Payment, what: str, charge_id: str) -> None:
    person, chat = telegram.people.get(payment.person_id), telegram.chats.get(payment.chat_id)
    assert person is not None
    assert chat is not None
    details = {
        "currency": payment.currency,
        "total_amount": payment.total_amount,
        "invoice_payload": payment.payload,
        "telegram_payment_charge_id": charge_id,
        "provider_payment_charge_id": secrets.token_hex(8),
    }
    message = telegram.new_message(chat, person.user, {what: details})
    telegram.keep(chat, message, person.id)
    telegram.update("message", message, f"chat {chat.id}")
