"""Calls of the Bot API with every kind of parameter, as handlers make them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from aiogram import methods as api
from aiogram import types
from aiogram.enums import ChatAction, MessageEntityType, ParseMode
from aiogram.methods.base import TelegramMethod
from aiogram.utils.keyboard import InlineKeyboardBuilder

ADA = 1
TEXT = 'O\'Brien & "Söhne" <3 👩🏽\u200d🚀 \\n\n\t\x01 شـر'
WHEN = datetime(2031, 2, 3, 4, 5, 6, 700_000, tzinfo=UTC)


def document(name: str = "list.txt") -> types.BufferedInputFile:
    return types.BufferedInputFile(b"one\r\n--two\x00\xff", filename=name)


def _keyboard() -> types.InlineKeyboardMarkup:
    builder = InlineKeyboardBuilder()
    builder.button(text="Yes", callback_data="yes:1")
    builder.button(text="Site", url="https://example.org/?a=1&b=ü")
    builder.button(text="App", web_app=types.WebAppInfo(url="https://example.org/app"))
    builder.button(text="Copy", copy_text=types.CopyTextButton(text=TEXT))
    return types.InlineKeyboardMarkup(inline_keyboard=builder.adjust(2).export())


_SENDING: list[TelegramMethod[Any]] = [
    api.SendMessage(chat_id=ADA, text="Hello"),
    api.SendMessage(chat_id=ADA, text=TEXT, parse_mode=None),
    api.SendMessage(chat_id="@channel_of_ada", text="<b>bold</b>"),
    api.SendMessage(chat_id=ADA, text="*bold*", parse_mode=ParseMode.MARKDOWN_V2),
    api.SendMessage(chat_id=ADA, text="", disable_notification=False, protect_content=True),
    api.SendMessage(
        chat_id=ADA,
        text="bold link",
        parse_mode=None,
        entities=[
            types.MessageEntity(type=MessageEntityType.BOLD, offset=0, length=4),
            types.MessageEntity(type="text_link", offset=5, length=4, url="https://example.org"),
            types.MessageEntity(
                type="text_mention", offset=0, length=4, user=types.User(id=ADA, is_bot=False, first_name="Ada")
            ),
        ],
    ),
    api.SendMessage(chat_id=ADA, text="choose", reply_markup=_keyboard()),
    api.SendMessage(
        chat_id=ADA,
        text="choose",
        reply_markup=types.ReplyKeyboardMarkup(
            keyboard=[
                [types.KeyboardButton(text="Number", request_contact=True)],
                [types.KeyboardButton(text="Poll", request_poll=types.KeyboardButtonPollType(type="quiz"))],
            ],
            resize_keyboard=True,
            is_persistent=False,
        ),
    ),
    api.SendMessage(chat_id=ADA, text="gone", reply_markup=types.ReplyKeyboardRemove()),
    api.SendMessage(chat_id=ADA, text="?", reply_markup=types.ForceReply(selective=True)),
    api.SendMessage(chat_id=ADA, text="none", reply_markup=types.InlineKeyboardMarkup(inline_keyboard=[])),
    api.SendMessage(chat_id=ADA, text="re", reply_parameters=types.ReplyParameters(message_id=1, quote="<i>hi</i>")),
    api.SendMessage(
        chat_id=ADA,
        text="https://example.org",
        link_preview_options=types.LinkPreviewOptions(is_disabled=True, url="https://example.org/x"),
    ),
    api.SendMessage(chat_id=ADA, text="extra", of_next_year={"a": [1, None, {"b": None, "c": 2.5}]}),
    api.SendChatAction(chat_id=ADA, action=ChatAction.TYPING),
    api.SendLocation(chat_id=ADA, latitude=52.52, longitude=-0.0, horizontal_accuracy=0),
    api.SendContact(chat_id=ADA, phone_number="+49123", first_name="Ada"),
    api.SendDice(chat_id=ADA, emoji="🎯"),
    api.SendPoll(
        chat_id=ADA,
        question="How?",
        options=["so", types.InputPollOption(text="<b>or</b>")],
        close_date=WHEN,
        is_anonymous=False,
    ),
    api.SendInvoice(
        chat_id=ADA,
        title="Tea",
        description="hot",
        payload="tea",
        currency="XTR",
        prices=[types.LabeledPrice(label="Tea", amount=3)],
    ),
    api.ForwardMessage(chat_id=ADA, from_chat_id=ADA, message_id=1),
    api.CopyMessage(chat_id=ADA, from_chat_id=ADA, message_id=1, caption=TEXT),
    api.ForwardMessages(chat_id=ADA, from_chat_id=ADA, message_ids=[1, 2]),
]

_WITH_FILES: list[TelegramMethod[Any]] = [
    api.SendDocument(chat_id=ADA, document=document(), caption="<b>It</b>", reply_markup=_keyboard()),
    api.SendDocument(chat_id=ADA, document="file_id_of_before"),
    api.SendDocument(chat_id=ADA, document=document('näme "x".txt'), thumbnail=document("thumb.jpg")),
    api.SendMediaGroup(
        chat_id=ADA,
        media=[
            types.InputMediaDocument(media=document("1.txt"), caption="<b>one</b>"),
            types.InputMediaDocument(media="file_id_of_before", caption=TEXT, parse_mode=None),
        ],
    ),
    api.EditMessageMedia(chat_id=ADA, message_id=1, media=types.InputMediaPhoto(media=document("p.jpg"))),
]

_OTHER: list[TelegramMethod[Any]] = [
    api.SendMediaGroup(chat_id=ADA, media=[types.InputMediaPhoto(media="a"), types.InputMediaPhoto(media="b")]),
    api.EditMessageText(chat_id=ADA, message_id=1, text="<i>new</i>", reply_markup=_keyboard()),
    api.EditMessageReplyMarkup(inline_message_id="abc"),
    api.EditMessageCaption(chat_id=ADA, message_id=2**31, caption=""),
    api.DeleteMessages(chat_id=ADA, message_ids=[1, 2, 3]),
    api.DeleteMessages(chat_id=ADA, message_ids=[]),
    api.AnswerCallbackQuery(callback_query_id="77", text=TEXT, show_alert=True, cache_time=0),
    api.AnswerInlineQuery(
        inline_query_id="5",
        results=[
            types.InlineQueryResultArticle(
                id="1", title="One", input_message_content=types.InputTextMessageContent(message_text="<b>1</b>")
            )
        ],
        is_personal=True,
    ),
    api.AnswerPreCheckoutQuery(pre_checkout_query_id="9", ok=False, error_message="sold out"),
    api.BanChatMember(chat_id=-100123, user_id=2**52 - 1, until_date=WHEN),
    api.RestrictChatMember(
        chat_id=-100123,
        user_id=2,
        permissions=types.ChatPermissions(can_send_messages=False),
        until_date=WHEN.replace(tzinfo=None),
    ),
    api.SetMyCommands(
        commands=[types.BotCommand(command="start", description="Begin")],
        scope=types.BotCommandScopeChat(chat_id=ADA),
        language_code="de",
    ),
    api.SetMessageReaction(chat_id=ADA, message_id=1, reaction=[types.ReactionTypeEmoji(emoji="👍")]),
    api.SetMyDescription(description=""),
    api.SetWebhook(url="", allowed_updates=["message", "callback_query"], drop_pending_updates=True),
    api.GetUpdates(offset=-1, limit=1, timeout=0, allowed_updates=[]),
    api.GetMe(),
]

AS_JSON = _SENDING + _OTHER + _WITH_FILES[1:2]
AS_FORM = _WITH_FILES[:1] + _WITH_FILES[2:]
