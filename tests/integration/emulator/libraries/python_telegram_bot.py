"""A bot as python-telegram-bot's users write them."""

from __future__ import annotations

import hashlib
import html
from typing import Any

from telegram import (
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LabeledPrice,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    PreCheckoutQueryHandler,
    filters,
)

from tests.integration.emulator.libraries import settings

Context = ContextTypes.DEFAULT_TYPE


def message_of(update: Update) -> Message:
    assert update.effective_message
    return update.effective_message


def buttons(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=label.lower()) for label in labels]])


async def greet(update: Update, _: Context) -> None:
    assert update.effective_user
    name = html.escape(update.effective_user.first_name)
    text = f"Hello, <b>{name}</b>!"
    await message_of(update).reply_text(text, ParseMode.HTML, reply_markup=buttons("Toast", "Alert"))


async def show_toast(update: Update, _: Context) -> None:
    assert update.callback_query
    await update.callback_query.answer("A toast")
    await update.callback_query.edit_message_text("You had a toast.", reply_markup=buttons("Alert"))


async def show_alert(update: Update, _: Context) -> None:
    assert update.callback_query
    await update.callback_query.answer("An alert", show_alert=True)
    await update.callback_query.edit_message_text("You had an alert.", reply_markup=buttons("Toast"))


async def show_keyboard(update: Update, _: Context) -> None:
    keyboard = ReplyKeyboardMarkup([["Tea", "Coffee"]], resize_keyboard=True)
    await message_of(update).reply_text("Which one?", reply_markup=keyboard)


async def take_choice(update: Update, _: Context) -> None:
    message = message_of(update)
    await message.reply_text(f"{message.text} it is.", reply_markup=ReplyKeyboardRemove())


async def send_photos(update: Update, _: Context) -> None:
    message = message_of(update)
    sent = await message.reply_photo(settings.PICTURE, "Uploaded")
    await message.reply_photo(sent.photo[-1].file_id, "By its file_id")


async def send_document(update: Update, _: Context) -> None:
    await message_of(update).reply_document(b"A note.", "A document", filename="note.txt")


async def take_document(update: Update, _: Context) -> None:
    message = message_of(update)
    assert message.document
    content = await (await message.document.get_file()).download_as_bytearray()
    await message.reply_text(f"{len(content)} {hashlib.sha256(content).hexdigest()}")


async def send_invoice(update: Update, _: Context) -> None:
    await message_of(update).reply_invoice("Tea", "A cup of it", "tea", "XTR", [LabeledPrice("Tea", 5)])


async def agree_to_payment(update: Update, _: Context) -> None:
    assert update.pre_checkout_query
    await update.pre_checkout_query.answer(ok=True)


async def thank(update: Update, _: Context) -> None:
    message = message_of(update)
    paid = message.successful_payment
    assert paid
    await message.reply_text(f"Thank you for {paid.total_amount} {paid.currency} for {paid.invoice_payload}.")


async def send_and_delete(update: Update, _: Context) -> None:
    sent = await message_of(update).reply_text("Soon gone")
    await sent.delete()
    await message_of(update).reply_text("Deleted")


async def type_and_send(update: Update, _: Context) -> None:
    await message_of(update).reply_chat_action(ChatAction.TYPING)
    await message_of(update).reply_text("Typed")


async def set_commands(update: Update, context: Context) -> None:
    message = message_of(update)
    commands = [BotCommand("start", "Beginnen")]
    await context.bot.set_my_commands(commands, BotCommandScopeChat(message.chat_id), "de")
    await message.reply_text("Set")


async def tell_somebody(update: Update, context: Context) -> None:
    assert context.args
    try:
        await context.bot.send_message(int(context.args[0]), "Somebody thinks of you.")
    except Forbidden as error:
        settings.note("forbidden", error)
        await message_of(update).reply_text(error.message)


async def send_bad_html(update: Update, _: Context) -> None:
    try:
        await message_of(update).reply_text("<b>never closed", ParseMode.HTML)
    except BadRequest as error:
        settings.note("bad request", error)
        await message_of(update).reply_text(error.message)


async def echo(update: Update, _: Context) -> None:
    message = message_of(update)
    await message.reply_text(message.text or "")


async def note_failure(_: object, context: Context) -> None:
    assert context.error
    settings.note("failed", context.error)


COMMANDS = {
    "start": greet,
    "keyboard": show_keyboard,
    "photo": send_photos,
    "document": send_document,
    "pay": send_invoice,
    "delete": send_and_delete,
    "typing": type_and_send,
    "commands": set_commands,
    "tell": tell_somebody,
    "bad": send_bad_html,
}


def main() -> None:
    builder = Application.builder().token(settings.TOKEN)
    api = settings.API_URL
    application = builder.base_url(f"{api}/bot").base_file_url(f"{api}/file/bot").build()
    application.add_handlers([CommandHandler(name, answer) for name, answer in COMMANDS.items()])
    application.add_handler(CallbackQueryHandler(show_toast, "toast"))
    application.add_handler(CallbackQueryHandler(show_alert, "alert"))
    application.add_handler(PreCheckoutQueryHandler(agree_to_payment))
    application.add_handler(MessageHandler(filters.SUCCESSFUL_PAYMENT, thank))
    application.add_handler(MessageHandler(filters.Document.ALL, take_document))
    application.add_handler(MessageHandler(filters.Text(["Tea", "Coffee"]), take_choice))
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.add_error_handler(note_failure)
    if settings.BY_WEBHOOK:
        receive_by_webhook(application)
    else:
        application.run_polling()


def receive_by_webhook(application: Application[Any, Context, Any, Any, Any, Any]) -> None:
    application.run_webhook(
        "127.0.0.1",
        settings.WEBHOOK_PORT,
        settings.WEBHOOK_PATH,
        webhook_url=settings.WEBHOOK_URL,
        secret_token=settings.WEBHOOK_SECRET,
    )


if __name__ == "__main__":
    main()
