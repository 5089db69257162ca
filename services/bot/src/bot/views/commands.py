"""The commands, as the menu and /help list them."""

from __future__ import annotations

from aiogram.utils.i18n import gettext as _

#: What groups hear about.
CUSTOMERS = ("start", "catalogue", "cart", "orders", "profile", "settings", "export", "forget", "cancel", "help")


def customers_commands() -> dict[str, str]:
    return {
        "start": _("Register, or tell me your new name"),
        "catalogue": _("What there is to buy"),
        "cart": _("What you are about to buy"),
        "orders": _("What you have bought"),
        "profile": _("What I know about you"),
        "settings": _("Language, time zone, notifications"),
        "export": _("All your data as a file"),
        "forget": _("Erase your data"),
        "cancel": _("Stop what I am asking you about"),
        "help": _("What I can do"),
    }


def admins_commands() -> dict[str, str]:
    return {
        "admin": _("Orders, customers"),
        "products": _("What the shop sells"),
        "stats": _("How the shop does"),
        "broadcast": _("Write to all users"),
        "failed": _("What I could not handle"),
    }


def listed(commands: dict[str, str]) -> str:
    return "\n".join(f"/{name} – {what}" for name, what in commands.items())
