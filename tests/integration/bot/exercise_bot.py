"""The real bot with handlers to be tried out; run as a module in the bot's environment."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import SendMessage
from aiogram.types import Message

from bot import config
from bot.app import run
from bot.telegram.handling import Handling

ASKED_NAME = "What is your name?"
ASKED_CITY = "Where do you live?"

router = Router(name="exercise")


class Form(StatesGroup):
    name = State()
    city = State()


class Boom(Exception):
    """What a handler of the tests raises."""


def main() -> int:
    return run(config.load(), routers=[router])


@router.message(Command("form"))
async def begin_form(message: Message, state: FSMContext) -> SendMessage:
    await state.set_state(Form.name)
    return message.answer(ASKED_NAME)


@router.message(Form.name)
async def take_name(message: Message, state: FSMContext) -> SendMessage:
    await state.update_data(name=message.text)
    await state.set_state(Form.city)
    return message.answer(ASKED_CITY)


@router.message(Form.city)
async def take_city(message: Message, state: FSMContext) -> SendMessage:
    name = (await state.get_data())["name"]
    await state.clear()
    return message.answer(f"{name} of {message.text}")


@router.message(F.text.startswith("n "))
async def echo(message: Message) -> SendMessage:
    return message.answer(str(message.text))


@router.message(F.text.startswith("effect "))
async def take_effect(message: Message, handling: Handling) -> None:
    """Nothing but the transaction keeps the effect from happening twice."""
    number = int(str(message.text).removeprefix("effect "))
    async with handling.transaction() as transaction:
        await transaction.connection.execute(
            "INSERT INTO effects (chat_id, k) VALUES ($1, $2)", message.chat.id, number
        )
        transaction.answer(message.answer(f"effect {number}"))


@router.message(F.text.startswith("boom until "))
async def fail_while_there_is_a_file(message: Message) -> SendMessage:
    path = str(message.text).removeprefix("boom until ")
    if await asyncio.to_thread(Path(path).exists):
        raise Boom(path)
    return message.answer("mended")


@router.message(F.text.startswith("boom "))
async def fail(message: Message) -> None:
    raise Boom(message.text)


@router.message(F.text == "hang")
async def hang(_: Message) -> None:
    await asyncio.Event().wait()


if __name__ == "__main__":
    sys.exit(main())
