"""The methods of the Bot API that the emulator has: each takes Telegram and the arguments and returns the result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from emulator.bot_api.arguments import Arguments
from emulator.bot_api.methods import about, buttons, commands, copies, media, messages, payments, receiving
from emulator.telegram import Telegram

Method = Callable[[Telegram, Arguments], Awaitable[Any]]

METHODS: dict[str, Method] = {
    "answerCallbackQuery": buttons.answer_callback_query,
    "answerPreCheckoutQuery": payments.answer_pre_checkout_query,
    "copyMessage": copies.copy_message,
    "deleteMessage": messages.delete_message,
    "deleteMessages": messages.delete_messages,
    "deleteMyCommands": commands.delete_my_commands,
    "deleteWebhook": receiving.delete_webhook,
    "editMessageCaption": messages.edit_message_caption,
    "editMessageReplyMarkup": messages.edit_message_reply_markup,
    "editMessageText": messages.edit_message_text,
    "forwardMessage": copies.forward_message,
    "getChat": about.get_chat,
    "getChatMember": about.get_chat_member,
    "getChatMemberCount": about.get_chat_member_count,
    "getFile": media.get_file,
    "getMe": about.get_me,
    "getMyCommands": commands.get_my_commands,
    "getUpdates": receiving.get_updates,
    "getWebhookInfo": receiving.get_webhook_info,
    "refundStarPayment": payments.refund_star_payment,
    "sendChatAction": messages.send_chat_action,
    "sendDocument": media.send_document,
    "sendInvoice": payments.send_invoice,
    "sendMessage": messages.send_message,
    "sendPhoto": media.send_photo,
    "setMyCommands": commands.set_my_commands,
    "setWebhook": receiving.set_webhook,
}
