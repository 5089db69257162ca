"""Which chat, which message: found, or refused in Telegram's words."""

from __future__ import annotations

from typing import Any

from emulator.bot_api.arguments import Arguments
from emulator.chats import Chat, Entry, without_reply
from emulator.errors import ApiError, bad_request, forbidden
from emulator.telegram import Telegram


def readable_chat(telegram: Telegram, arguments: Arguments, name: str = "chat_id") -> Chat:
    """Raises ApiError 400 for a chat that the bot has never met, 403 for one that it was put out of."""
    wanted = arguments.text(name)
    if not wanted:
        raise bad_request(f"{name} is empty")
    chat = telegram.chats.get(arguments.integer(name))
    if chat is None or (chat.type == "private" and not chat.has_begun and not _met_in_a_group(telegram, chat)):
        raise bad_request("chat not found")
    if chat.type == "supergroup" and chat.bot_status in ("kicked", "left"):
        raise _put_out(chat)
    return chat


def writable_chat(telegram: Telegram, arguments: Arguments) -> Chat:
    """Raises ApiError 400 or 403 where the bot may not write."""
    chat = readable_chat(telegram, arguments)
    if chat.type == "private":
        _check_person(telegram, chat)
    check_membership(chat)
    return chat


def check_membership(chat: Chat) -> None:
    """Raises ApiError 400 or 403 where the bot is not, or no longer, in the group."""
    if chat.migrated_to:
        description = "Bad Request: group chat was upgraded to a supergroup chat"
        raise ApiError(400, description, migrate_to_chat_id=chat.migrated_to)
    if chat.bot_status in ("kicked", "left"):
        raise _put_out(chat)


def check_deliverable(telegram: Telegram, chat: Chat) -> None:
    """What only the sending itself finds out. Raises ApiError 403."""
    person = telegram.people.get(chat.id)
    if person is None:
        return
    if person.blocked:
        raise forbidden("bot was blocked by the user")
    if not chat.has_begun:
        raise forbidden("bot can't initiate conversation with a user")


def message(chat: Chat, arguments: Arguments, what: str) -> Entry:
    """`what` is Telegram's name for it, such as "message to edit". Raises ApiError 400."""
    entry = chat.get(arguments.integer("message_id"))
    if entry is None:
        raise bad_request(f"{what} not found")
    return entry


def person_id(arguments: Arguments, name: str = "user_id") -> int:
    """Raises ApiError 400."""
    number = arguments.integer(name)
    if number <= 0:
        raise bad_request(f"invalid {name} specified")
    return number


def reply(chat: Chat, wanted: dict[str, Any]) -> dict[str, Any]:
    """The part of a message that shows what it replies to. Raises ApiError 400."""
    message_id = wanted.get("message_id", 0)
    if message_id <= 0:
        return {}
    entry = chat.get(message_id)
    if entry is not None:
        return {"reply_to_message": without_reply(entry.message)}
    if wanted.get("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")


def _check_person(telegram: Telegram, chat: Chat) -> None:
    person = telegram.people.get(chat.id)
    if person and person.deactivated:
        raise forbidden("user is deactivated")


def _met_in_a_group(telegram: Telegram, private: Chat) -> bool:
    return any(private.id in chat.members for chat in telegram.chats if chat.type != "private")


def _put_out(chat: Chat) -> ApiError:
    where = f"{chat.type} chat"
    if chat.bot_status == "kicked":
        return forbidden(f"bot was kicked from the {where}")
    return forbidden(f"bot is not a member of the {where}")
