"""What the bot says. Everything here is HTML, so whatever a user typed is escaped here and nowhere else."""

from __future__ import annotations

from html import escape

from bot.domain.users import User

#: Far above Telegram's own limit for names, far below its limit for a message.
_LONGEST_NAME = 256  # characters

HELP = """\
/start – register, or tell me your new name
/profile – what I know about you
/help – this list"""

NOT_REGISTERED = "Not registered yet. Send /start."
NOT_UNDERSTOOD = "I don't know that one. /help lists what I can do."
SORRY = "Sorry, something went wrong on my side. Please try again."


def update_failed(update_id: int, error: str) -> str:
    return (
        f"Update {update_id} could not be handled: {escape(error)}. It is kept, as are others after it.\n"
        "<code>docker compose exec bot python -m bot failed list</code> shows them, "
        "<code>… failed replay ID</code> tries again."
    )


def welcome(user: User) -> str:
    return f"Welcome, {_name(user)}!\n\n{HELP}"


def profile(user: User) -> str:
    return f"ID: {user.id}\nName: {_name(user)}\nJoined: {user.created_at:%Y-%m-%d}"


def _name(user: User) -> str:
    name = user.first_name
    return escape(name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…", quote=False)
