"""A bot as aiogram's users write them."""

from __future__ import annotations

import hashlib
import html

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ChatAction, ParseMode
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.methods import SendMessage
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    CallbackQuery,
    ErrorEvent,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LabeledPrice,
    Message,
    PreCheckoutQuery,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from tests.integration.emulator.libraries import settings

dispatcher = Dispatcher()


def buttons(*labels: str) -> InlineKeyboardMarkup:
    row = [InlineKeyboardButton(text=label, callback_data=label.lower()) for label in labels]
    return InlineKeyboardMarkup(inline_keyboard=[row])


@dispatcher.message(CommandStart())
async def greet(message: Message) -> None:
    assert message.from_user
    name = html.escape(message.from_user.first_name)
    await message.answer(f"Hello, <b>{name}</b>!", parse_mode=ParseMode.HTML, reply_markup=buttons("Toast", "Alert"))


@dispatcher.callback_query(F.data == "toast")
async def show_toast(query: CallbackQuery) -> None:
    await query.answer("A toast")
    await edit(query, "You had a toast.", buttons("Alert"))


@dispatcher.callback_query(F.data == "alert")
async def show_alert(query: CallbackQuery) -> None:
    await query.answer("An alert", show_alert=True)
    await edit(query, "You had an alert.", buttons("Toast"))


async def edit(query: CallbackQuery, text: str, keyboard: InlineKeyboardMarkup) -> None:
    assert isinstance(query.message, Message)
    await query.message.edit_text(text, reply_markup=keyboard)


@dispatcher.message(Command("keyboard"))
async def show_keyboard(message: Message) -> None:
    row = [KeyboardButton(text="Tea"), KeyboardButton(text="Coffee")]
    await message.answer("Which one?", reply_markup=ReplyKeyboardMarkup(keyboard=[row], resize_keyboard=True))


@dispatcher.message(F.text.in_({"Tea", "Coffee"}))
async def take_choice(message: Message) -> None:
    await message.answer(f"{message.text} it is.", reply_markup=ReplyKeyboardRemove())


@dispatcher.message(Command("photo"))
async def send_photos(message: Message) -> None:
    sent = await message.answer_photo(BufferedInputFile(settings.PICTURE, "picture.png"), caption="Uploaded")
    assert sent.photo
    await message.answer_photo(sent.photo[-1].file_id, caption="By its file_id")


@dispatcher.message(Command("document"))
async def send_document(message: Message) -> None:
    await message.answer_document(BufferedInputFile(b"A note.", "note.txt"), caption="A document")


@dispatcher.message(F.document)
async def take_document(message: Message, bot: Bot) -> None:
    assert message.document
    downloaded = await bot.download(message.document)
    assert downloaded
    content = downloaded.read()
    await message.answer(f"{len(content)} {hashlib.sha256(content).hexdigest()}")


@dispatcher.message(Command("pay"))
async def send_invoice(message: Message) -> None:
    await message.answer_invoice("Tea", "A cup of it", "tea", "XTR", [LabeledPrice(label="Tea", amount=5)])


@dispatcher.pre_checkout_query()
async def agree_to_payment(query: PreCheckoutQuery) -> None:
    await query.answer(ok=True)


@dispatcher.message(F.successful_payment)
async def thank(message: Message) -> None:
    paid = message.successful_payment
    assert paid
    await message.answer(f"Thank you for {paid.total_amount} {paid.currency} for {paid.invoice_payload}.")


@dispatcher.message(Command("delete"))
async def send_and_delete(message: Message) -> None:
    sent = await message.answer("Soon gone")
    await sent.delete()
    await message.answer("Deleted")


@dispatcher.message(Command("typing"))
async def type_and_send(message: Message, bot: Bot) -> SendMessage:
    """With a webhook the message is the answer to the delivery."""
    await bot.send_chat_action(message.chat.id, ChatAction.TYPING)
    return message.answer("Typed")


@dispatcher.message(Command("commands"))
async def set_commands(message: Message, bot: Bot) -> None:
    commands = [BotCommand(command="start", description="Beginnen")]
    await bot.set_my_commands(commands, BotCommandScopeChat(chat_id=message.chat.id), language_code="de")
    await message.answer("Set")


@dispatcher.message(Command("tell"))
async def tell_somebody(message: Message, command: CommandObject, bot: Bot) -> None:
    try:
        await bot.send_message(int(command.args or 0), "Somebody thinks of you.")
    except TelegramForbiddenError as error:
        settings.note("forbidden", error)
        await message.answer(error.message)


@dispatcher.message(Command("bad"))
async def send_bad_html(message: Message) -> None:
    try:
        await message.answer("<b>never closed", parse_mode=ParseMode.HTML)
    except TelegramBadRequest as error:
        settings.note("bad request", error)
        await message.answer(error.message)


@dispatcher.message(F.text)
async def echo(message: Message) -> None:
    await message.answer(message.text or "")


@dispatcher.errors()
async def note_failure(event: ErrorEvent) -> None:
    settings.note("failed", event.exception)


def receive_by_webhook(bot: Bot) -> None:
    async def set_webhook() -> None:
        await bot.set_webhook(settings.WEBHOOK_URL, secret_token=settings.WEBHOOK_SECRET)

    dispatcher.startup.register(set_webhook)
    application = web.Application()
    # In the foreground: Telegram sends a chat's next update only when this one is done.
    receiver = SimpleRequestHandler(dispatcher, bot, False, settings.WEBHOOK_SECRET)
    receiver.register(application, path=f"/{settings.WEBHOOK_PATH}")
    setup_application(application, dispatcher, bot=bot)
    web.run_app(application, host="127.0.0.1", port=settings.WEBHOOK_PORT, print=None)


def main() -> None:
    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.API_URL))
    bot = Bot(settings.TOKEN, session)
    if settings.BY_WEBHOOK:
        receive_by_webhook(bot)
    else:
        dispatcher.run_polling(bot, handle_as_tasks=False)


if __name__ == "__main__":
    main()
