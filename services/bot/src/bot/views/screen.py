from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.filters.callback_data import CallbackData
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message

#: A message without a card for the addresses in it.
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Screen:
    """A message with buttons, which changes in place."""

    text: str
    buttons: Sequence[Sequence[InlineKeyboardButton]] = ()

    def answer(self, message: Message) -> SendMessage:
        return self.send(message.chat.id)

    def send(self, chat_id: int) -> SendMessage:
        return SendMessage(
            chat_id=chat_id, text=self.text, reply_markup=self._keyboard(), link_preview_options=_NO_PREVIEW
        )

    def replace(self, press: CallbackQuery) -> EditMessageText:
        """In the message whose button was pressed; router filters have made sure that there is one."""
        assert press.message is not None
        return self.change(press.message.chat.id, press.message.message_id)

    def change(self, chat_id: int, message_id: int) -> EditMessageText:
        return EditMessageText(
            chat_id=chat_id,
            message_id=message_id,
            text=self.text,
            reply_markup=self._keyboard(),
            link_preview_options=_NO_PREVIEW,
        )

    def noted(self, note: str) -> Screen:
        """With a line above it that says what happened."""
        return Screen(f"{note}\n\n{self.text}", self.buttons)

    def _keyboard(self) -> InlineKeyboardMarkup | None:
        rows = [list(row) for row in self.buttons if row]
        return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def button(text: str, data: CallbackData) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data.pack())
