from __future__ import annotations

import json
from zoneinfo import ZoneInfo

from aiogram.enums import UpdateType
from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.domain.inbox import FailedUpdate
from bot.domain.pages import Page
from bot.views.admin.home import way_home
from bot.views.callback_data import DropFailed, ReplayAllFailed, ReplayFailed, ShowFailed, ShowFailedUpdate
from bot.views.formatting import number, quoted, time
from bot.views.paging import turning
from bot.views.screen import Screen, button

PAGE = 8  # updates
LONGEST_ERROR = 300  # characters
#: Of the error, on a button.
LONGEST_LABEL = 40  # characters


def failed(page: Page[FailedUpdate], count: int, newest_id: int, zone: ZoneInfo) -> Screen:
    """`count`: how many there are on all pages, the newest of them with this id."""
    rows = [[button(_line(update, zone), ShowFailedUpdate(id=update.id))] for update in page.items]
    if not count:
        return Screen(_("Nothing has failed."), [[way_home()]])
    text = ngettext(
        "{count} update could not be handled. The newest first:",
        "{count} updates could not be handled. The newest first:",
        count,
    ).format(count=number(count))
    again = button(_("Replay all ({count})").format(count=number(count)), ReplayAllFailed(up_to=newest_id))
    return Screen(text, [*rows, turning(page, ShowFailed.at), [again], [*_all(), way_home()]])


def failed_update(shown: FailedUpdate, zone: ZoneInfo) -> Screen:
    """Without what somebody wrote."""
    heading = _("Update {update_id}").format(update_id=shown.update_id)
    lines = [
        f"<b>{heading}</b>",
        _("No.: {id}").format(id=shown.id),
        _("Kind: {kind}").format(kind=f"<code>{_kind(shown.payload)}</code>"),
        _("Chat: {chat_id}").format(chat_id=shown.chat_id),
        _("Received: {time}").format(time=time(shown.received_at, zone)),
        _("Failed: {time}").format(time=time(shown.failed_at, zone)),
        _("Tries: {count}").format(count=number(shown.attempts)),
        "",
        f"<code>{quoted(_first_line(shown.error), LONGEST_ERROR)}</code>",
    ]
    replay, drop = ReplayFailed(id=shown.id), DropFailed(id=shown.id, sure=False)
    return Screen("\n".join(lines), [[button(_("Replay"), replay), button(_("Drop"), drop)], [*_all(), way_home()]])


def ask_to_drop(shown: FailedUpdate) -> Screen:
    return Screen(
        _("Drop update {update_id}? Nobody can bring it back.").format(update_id=shown.update_id),
        [
            [
                button(_("Yes, drop it"), DropFailed(id=shown.id, sure=True)),
                button(_("No"), ShowFailedUpdate(id=shown.id)),
            ]
        ],
    )


def replayed(count: int) -> str:
    return ngettext("{count} update is tried again.", "{count} updates are tried again.", count).format(
        count=number(count)
    )


def dropped() -> str:
    return _("It is dropped.")


def gone() -> str:
    return _("It is not here any more: it has been replayed or dropped.")


def none_left() -> str:
    return _("None of them is here any more: they have been replayed or dropped.")


def _all() -> list[InlineKeyboardButton]:
    return [button(_("All that failed"), ShowFailed())]


def _line(update: FailedUpdate, zone: ZoneInfo) -> str:
    error = _first_line(update.error)
    short = error if len(error) <= LONGEST_LABEL else f"{error[: LONGEST_LABEL - 1]}…"
    return f"{update.id} · {time(update.failed_at, zone)} · {short}"


def _first_line(error: str) -> str:
    return error.strip().partition("\n")[0]


def _kind(payload: str) -> str:
    try:
        content = json.loads(payload)
    except (ValueError, RecursionError):
        content = None
    kinds = [kind.value for kind in UpdateType if isinstance(content, dict) and kind.value in content]
    return kinds[0] if kinds else _("unknown")
