"""Telegram Stars: who pays for what, and what was given back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

LONGEST_WAIT = 10.0  # seconds in which the bot has to answer a pre-checkout query


@dataclass(slots=True)
class Payment:
    id: str
    person_id: int
    chat_id: int
    message_id: int
    currency: str
    total_amount: int
    payload: str
    at: float  # seconds of the monotonic clock
    #: None while the bot has not answered.
    answer: dict[str, Any] | None = None
    charge_id: str = ""
    refunded: bool = False


class Payments:
    def __init__(self) -> None:
        self._payments: dict[str, Payment] = {}
        self._by_charge: dict[str, Payment] = {}
        #: What the bot wants to find again in a payment, by chat and message of the invoice.
        self.payloads: dict[tuple[int, int], str] = {}

    def add(self, payment: Payment) -> Payment:
        self._payments[payment.id] = payment
        return payment

    def get(self, payment_id: str) -> Payment | None:
        return self._payments.get(payment_id)

    def awaiting(self, payment_id: str, now: float) -> Payment | None:
        """The payment, if its pre-checkout query may still be answered."""
        payment = self._payments.get(payment_id)
        return payment if payment and payment.answer is None and now - payment.at <= LONGEST_WAIT else None

    def charge(self, payment: Payment) -> str:
        """The charge's id."""
        payment.charge_id = f"stx{secrets.token_urlsafe(40)}"
        self._by_charge[payment.charge_id] = payment
        return payment.charge_id

    def by_charge(self, charge_id: str) -> Payment | None:
        return self._by_charge.get(charge_id)


def new_id() -> str:
    return str(secrets.randbits(62))
