"""What people do: they write, press, join, block."""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass
from typing import Any

from emulator.chats import Chat, Entry, Message, without_reply
from emulator.errors import ControlError
from emulator.files import Upload
from emulator.formatting import from_user
from emulator.people import Person
from emulator.presses import Press
from emulator.telegram import Telegram

Content = dict[str, Any]

LONGEST_TEXT = 4096
_SERVICE = ("new_chat_members", "left_chat_member", "migrate_to_chat_id", "migrate_from_chat_id", "successful_payment")
_ANSWERED = ("text", "photo", "document", "contact", "location", "successful_payment")


@dataclass(frozen=True, slots=True)
class SentFile:
    upload: Upload
    kind: str  # photo or document
    caption: str = ""


def person(telegram: Telegram, person_id: int) -> Person:
    found = telegram.people.get(person_id)
    if found is None:
        raise ControlError(404, f"There is nobody with the id {person_id}. PUT /control/people/{person_id} adds one.")
    return found


def chat_of(telegram: Telegram, member: Person, chat_id: int | None) -> Chat:
    """The person's chat with the bot, or the group that is named."""
    chat = telegram.chats.get(member.id if chat_id is None else chat_id)
    if chat is None or member.id not in chat.members:
        raise ControlError(404, f"{member.first_name} is not in a chat with the id {chat_id}.")
    return chat


def check_active(who: Person) -> None:
    if who.deactivated:
        raise ControlError(409, f"{who.first_name}'s account was deleted.")


def say(telegram: Telegram, sender: Person, chat: Chat, text: str, reply_to: int | None = None) -> tuple[int, Message]:
    """Somebody writes; the update's number (0 where the bot does not get it) and the message."""
    typed = from_user(text)
    if not typed.text:
        raise ControlError(400, "A message needs text.")
    if len(typed.text) > LONGEST_TEXT:
        raise ControlError(400, f"A message has {LONGEST_TEXT} characters at the most.")
    content: Content = {"text": typed.text} | ({"entities": typed.entities} if typed.entities else {})
    return send(telegram, sender, chat, content, reply_to)


def send(
    telegram: Telegram, sender: Person, chat: Chat, content: Content, reply_to: int | None = None
) -> tuple[int, Message]:
    check_active(sender)
    if telegram.chats.get(chat.id) is not chat:
        raise ControlError(409, "Everything was forgotten meanwhile.")
    if sender.blocked and chat.type == "private":
        set_blocked(telegram, sender, False)
    if reply_to is not None:
        content = {"reply_to_message": without_reply(_entry(chat, reply_to).message)} | content
    message = telegram.new_message(chat, sender.user, content)
    telegram.keep(chat, message, sender.id)
    chat.read[sender.id] = message["message_id"]
    update_id = _tell_bot(telegram, chat, "message", message)
    return update_id, message


def edit(telegram: Telegram, sender: Person, chat: Chat, message_id: int, text: str) -> int:
    entry = _entry(chat, message_id)
    if entry.from_person != sender.id or "text" not in entry.message:
        raise ControlError(409, "Only one's own text can be edited.")
    typed = from_user(text)
    if not typed.text or typed.text == entry.message["text"]:
        raise ControlError(400, "The new text is empty, or the old one.")
    entry.message = entry.message | {"text": typed.text, "edit_date": int(time.time())}
    entry.message.pop("entities", None)
    if typed.entities:
        entry.message["entities"] = typed.entities
    entry.edits += 1
    entry.change = chat.next_change()
    telegram.publish_entry(chat, entry)
    return _tell_bot(telegram, chat, "edited_message", entry.message)


async def send_file(
    telegram: Telegram, sender: Person, chat: Chat, file: SentFile, reply_to: int | None = None
) -> tuple[int, Message]:
    if file.kind == "photo":
        content: Content = {"photo": await telegram.files.photo(file.upload)}
    else:
        content = {"document": telegram.files.document(file.upload)}
    typed = from_user(file.caption)
    if typed.text:
        content["caption"] = typed.text
    if typed.entities:
        content["caption_entities"] = typed.entities
    return send(telegram, sender, chat, content, reply_to)


def press(telegram: Telegram, presser: Person, chat: Chat, message_id: int, data: str) -> Press:
    """Presses the button that carries the data."""
    entry = _entry(chat, message_id)
    rows = entry.message.get("reply_markup", {}).get("inline_keyboard", [])
    carried = [button.get("callback_data") for row in rows for button in row]
    if data not in carried:
        raise ControlError(409, f"No button of that message carries {data!r}; they carry {carried}.")
    return press_anything(telegram, presser, chat, entry.message, data)


def press_anything(telegram: Telegram, presser: Person, chat: Chat, message: Message, data: str) -> Press:
    """A press with any data at all, as a forged client could send it."""
    if chat.bot_status != "member":
        raise ControlError(409, "The bot is not in that group.")
    now = time.monotonic()
    made = telegram.presses.add(presser.id, chat.id, message["message_id"], now)
    instance = zlib.crc32(str(chat.id).encode()) * 1_000_003
    query = {"id": made.id, "from": presser.user, "message": message, "chat_instance": str(instance), "data": data}
    update_id = telegram.update("callback_query", query, f"callback of {presser.id}")
    _expect_answer(telegram, chat, update_id, now)
    return made


def set_blocked(telegram: Telegram, blocker: Person, blocked: bool) -> None:
    """Whether the person has blocked the bot from now on."""
    if blocker.blocked == blocked:
        return
    blocker.blocked = blocked
    telegram.publish_person(blocker)
    chat = telegram.chats.get(blocker.id)
    assert chat is not None
    if not chat.has_begun:
        return
    old, new = ("member", "kicked") if blocked else ("kicked", "member")
    _tell_bot_status(telegram, blocker, chat, old, new)


def add_group(telegram: Telegram, founder: Person, group: Chat) -> Chat:
    """Somebody makes a group and takes the bot into it."""
    if telegram.chats.get(group.id):
        raise ControlError(409, f"There is a group with the id {group.id} already.")
    telegram.chats.put(group)
    telegram.publish_chat(group)
    group.bot_status, group.creator = "left", founder.id
    _change_bot_status(telegram, founder, group, "member")
    joined = {"new_chat_participant": telegram.user, "new_chat_member": telegram.user}
    send(telegram, founder, group, joined | {"new_chat_members": [telegram.user]})
    return group


def put_bot_out(telegram: Telegram, member: Person, group: Chat) -> None:
    if group.bot_status == "kicked":
        raise ControlError(409, "The bot has been put out of that group already.")
    _change_bot_status(telegram, member, group, "kicked")


def upgrade_group(telegram: Telegram, member: Person, group: Chat, new_id: int) -> Chat:
    """The group becomes a supergroup with another id."""
    if group.migrated_to or telegram.chats.get(new_id):
        raise ControlError(409, "That group is a supergroup by now, or the new id is taken.")
    bigger = Chat(new_id, "supergroup", group.title, set(group.members), creator=group.creator)
    telegram.chats.put(bigger)
    send(telegram, member, group, {"migrate_to_chat_id": new_id})
    send(telegram, member, bigger, {"migrate_from_chat_id": group.id})
    group.migrated_to = new_id
    telegram.publish_chat(bigger)
    return bigger


def read_up_to(telegram: Telegram, reader: Person, chat: Chat, message_id: int) -> None:
    if message_id > chat.read.get(reader.id, 0):
        chat.read[reader.id] = message_id
        telegram.publish_chat(chat)


def _entry(chat: Chat, message_id: int) -> Entry:
    entry = chat.get(message_id)
    if entry is None:
        raise ControlError(404, f"There is no message {message_id} in that chat.")
    return entry


def _tell_bot(telegram: Telegram, chat: Chat, kind: str, message: Message) -> int:
    """The update's number; 0 where the bot is not told."""
    if chat.type != "private" and not (chat.bot_status == "member" and _concerns_bot(telegram, message)):
        return 0
    update_id = telegram.update(kind, message, f"chat {chat.id}") or 0
    if any(name in message for name in _ANSWERED):
        _expect_answer(telegram, chat, update_id, time.monotonic())
    return update_id


def _expect_answer(telegram: Telegram, chat: Chat, update_id: int | None, now: float) -> None:
    if update_id:
        chat.answer_times.ask(update_id, now, telegram.updates.look_up)


def _concerns_bot(telegram: Telegram, message: Message) -> bool:
    """In a group a bot gets commands, replies to it, and what happens to the group itself."""
    if any(name in message for name in _SERVICE):
        return True
    if message.get("reply_to_message", {}).get("from", {}).get("id") == telegram.user["id"]:
        return True
    command, _, addressee = message.get("text", "").partition(" ")[0].partition("@")
    return command.startswith("/") and addressee.lower() in ("", telegram.user["username"])


def _change_bot_status(telegram: Telegram, member: Person, group: Chat, status: str) -> None:
    old, group.bot_status = group.bot_status, status
    _tell_bot_status(telegram, member, group, old, status)
    telegram.publish_chat(group)


def _tell_bot_status(telegram: Telegram, who: Person, chat: Chat, old: str, new: str) -> None:
    changed = {
        "chat": telegram.described(chat),
        "from": who.user,
        "date": int(time.time()),
        "old_chat_member": _membership(telegram, old),
        "new_chat_member": _membership(telegram, new),
    }
    telegram.update("my_chat_member", changed, f"bot in chat {chat.id}")


def _membership(telegram: Telegram, status: str) -> dict[str, Any]:
    return {"user": telegram.user, "status": status} | ({"until_date": 0} if status == "kicked" else {})
