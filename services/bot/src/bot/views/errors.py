"""What is said when an update could not be handled."""

from __future__ import annotations

from aiogram.utils.i18n import gettext as _

from bot.views.formatting import quoted


def sorry() -> str:
    return _("Sorry, something went wrong on my side. Please try again.")


def update_failed(update_id: int, error: str) -> str:
    return _(
        "Update {update_id} could not be handled: {error}. It is kept, as are others after it. "
        "/failed shows them and tries again."
    ).format(update_id=update_id, error=quoted(error))
