"""What all the bots answer to /start, so that none has less to say than another."""

from __future__ import annotations

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

WELCOME = """Welcome, {name}!

/start – Register, or tell me your new name
/catalogue – What there is to buy
/cart – What you are about to buy
/orders – What you have bought
/profile – What I know about you
/settings – Language, time zone, notifications
/export – All your data as a file
/forget – Erase your data
/cancel – Stop what I am asking you about
/help – What I can do"""

CATALOGUE = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Catalogue", callback_data="shop::0")]],
)
