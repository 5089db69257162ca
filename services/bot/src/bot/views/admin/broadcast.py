from __future__ import annotations

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.domain.broadcasts import Broadcast, BroadcastId, BroadcastState
from bot.views.callback_data import BeginBroadcast, LeaveBroadcast, SendBroadcast, ShowBroadcast, StopBroadcast
from bot.views.formatting import number
from bot.views.screen import Screen, button

#: So many that are under way are offered.
MOST_UNDER_WAY = 5


def ask(under_way: Sequence[Broadcast]) -> Screen:
    text = _(
        "Send me the message for all users: a text, a picture, a file, whatever you like. They get it as you have "
        "formatted it. First I show it to you."
    )
    return Screen(text, [*([_show(broadcast)] for broadcast in under_way[-MOST_UNDER_WAY:]), [_not_now()]])


def no_album() -> Screen:
    return Screen(_("I can send one message, and no album. Send me a single picture, or a text."), [[_not_now()]])


def cannot_be_copied() -> Screen:
    return Screen(_("Telegram does not let me copy this message. Send me another one."), [[_not_now()]])


def confirm(broadcast_id: BroadcastId, recipients: int) -> Screen:
    """Below the message as everybody will get it."""
    change = button(_("Change"), BeginBroadcast())
    if not recipients:
        return Screen(_("There is nobody to send it to."), [[change, _not_now()]])
    text = ngettext(
        "The message above goes to {count} user. Leave yours in this chat until it has arrived: it is copied from "
        "there.",
        "The message above goes to {count} users. Leave yours in this chat until all have got it: it is copied from "
        "there.",
        recipients,
    ).format(count=number(recipients))
    send = ngettext("Send to {count} user", "Send to {count} users", recipients).format(count=number(recipients))
    return Screen(text, [[button(send, SendBroadcast(id=broadcast_id))], [change, _not_now()]])


def not_sent() -> Screen:
    return Screen(_("Nothing was sent."))


def out_of_date() -> Screen:
    return Screen(_("This message is no longer waiting to be sent."), [[button(_("New message"), BeginBroadcast())]])


def begun() -> str:
    return _("On its way.")


def stopping() -> str:
    return _("Nobody more gets it; what is on its way still arrives.")


def under_way() -> str:
    return _("It is on its way already.")


def progress(broadcast: Broadcast) -> Screen:
    """In the message that goes on telling how far it is."""
    cancel = button(_("Cancel"), StopBroadcast(id=broadcast.id))
    return Screen(_told(broadcast), [[cancel]] if broadcast.state is BroadcastState.SENDING else [])


def snapshot(broadcast: Broadcast) -> Screen:
    """In any other message, which has to be asked again."""
    if not broadcast.is_under_way:
        return progress(broadcast)
    again = button(_("How far is it?"), ShowBroadcast(id=broadcast.id))
    return Screen(_told(broadcast), [[again], *progress(broadcast).buttons])


def _told(broadcast: Broadcast) -> str:
    heads = {
        BroadcastState.SENDING: _("Sending: {done} of {total}"),
        BroadcastState.STOPPING: _("Stopping at {done} of {total}. What is on its way still arrives."),
        BroadcastState.CANCELLED: _("Cancelled at {done} of {total}."),
        BroadcastState.DONE: _("Sent to everybody: {done}"),
    }
    head = heads[broadcast.state].format(done=number(broadcast.settled), total=number(broadcast.total))
    counts = [
        _("Arrived: {count}").format(count=number(broadcast.sent)),
        _("Have blocked me: {count}").format(count=number(broadcast.blocked)),
        _("Failed: {count}").format(count=number(broadcast.failed)),
    ]
    return "\n".join([f"<b>{head}</b>", *counts])


def _show(broadcast: Broadcast) -> InlineKeyboardButton:
    text = _("On its way: {done} of {total}").format(done=number(broadcast.settled), total=number(broadcast.total))
    return button(text, ShowBroadcast(id=broadcast.id))


def _not_now() -> InlineKeyboardButton:
    return button(_("Not now"), LeaveBroadcast())
