"""The buttons of keyboards: what they do, and where they may not."""

from __future__ import annotations

from typing import Any

from emulator.chats import Chat
from emulator.errors import bad_request
from emulator.fields import JsonObject, WrongField, boolean, json_object, text
from emulator.formatting.addresses import WrongAddress, checked_address

_REQUESTS = {
    "request_contact": "phone number can be requested in private chats only",
    "request_location": "location can be requested in private chats only",
    "request_poll": "poll can be requested in private chats only",
    "request_users": "users can be requested in private chats only",
    "request_chat": "chats can be requested in private chats only",
    "web_app": "web App buttons can be used in private chats only",
}


def read_own(button: Any) -> JsonObject:
    if isinstance(button, str):
        return {"text": button}
    if not isinstance(button, dict):
        raise WrongField("Can't parse keyboard button: KeyboardButton must be a String or an Object")
    try:
        shown: JsonObject = {"text": text(button, "text")}
        for name in ("request_contact", "request_location"):
            if boolean(button, name):
                shown[name] = True
        for name in ("request_poll", "request_users", "request_chat"):
            if (value := json_object(button, name)) is not None:
                shown[name] = value
        if (web_app := json_object(button, "web_app")) is not None:
            shown["web_app"] = {"url": text(web_app, "url")}
    except WrongField as wrong:
        raise WrongField(f"Can't parse keyboard button: {wrong}") from None
    return shown


def read_inline(button: Any) -> JsonObject:
    if not isinstance(button, dict):
        raise WrongField("Can't parse InlineKeyboardButton: InlineKeyboardButton must be an Object")
    try:
        return {"text": text(button, "text")} | _what_it_does(button)
    except WrongField as wrong:
        raise WrongField(f"Can't parse InlineKeyboardButton: {wrong}") from None


def _what_it_does(button: JsonObject) -> JsonObject:
    """The first that is given counts."""
    for name in ("url", "callback_data"):
        if value := text(button, name, ""):
            return {name: value}
    if (game := json_object(button, "callback_game")) is not None:
        return {"callback_game": game}
    if "pay" in button:
        return {"pay": True}
    return _switch(button) or _page(button) or _copy(button)


def _switch(button: JsonObject) -> JsonObject:
    if "switch_inline_query" in button:
        return {"switch_inline_query": text(button, "switch_inline_query")}
    if (chosen := json_object(button, "switch_inline_query_chosen_chat")) is not None:
        return {"switch_inline_query_chosen_chat": chosen}
    if "switch_inline_query_current_chat" in button:
        return {"switch_inline_query_current_chat": text(button, "switch_inline_query_current_chat")}
    return {}


def _page(button: JsonObject) -> JsonObject:
    if (login := json_object(button, "login_url")) is not None:
        return {"login_url": text(login, "url")}
    if (web_app := json_object(button, "web_app")) is not None:
        return {"web_app": {"url": text(web_app, "url")}}
    return {}


def _copy(button: JsonObject) -> JsonObject:
    if (copied := json_object(button, "copy_text")) is not None:
        return {"copy_text": {"text": text(copied, "text")}}
    raise WrongField("Text buttons are not allowed in the inline keyboard")


def _checked_url(url: str, what: str, secure: bool = False) -> str:
    try:
        checked = checked_address(url)
        if secure and not checked.startswith("https://"):
            raise WrongAddress("Only HTTPS links are allowed")
    except WrongAddress as wrong:
        raise bad_request(f"{what} '{url}' is invalid: {wrong}") from None
    return checked


def check_inline(button: JsonObject) -> None:
    """Addresses get the form in which Telegram writes them."""
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if "url" in button:
        button["url"] = _checked_url(button["url"], "inline keyboard button URL")
    if "login_url" in button:
        button["url"] = _checked_url(button.pop("login_url"), "inline keyboard button login URL")
    if "web_app" in button:
        web_app = button["web_app"]["url"]
        button["web_app"] = {"url": _checked_url(web_app, "inline keyboard button Web App URL", secure=True)}


def check_own(button: JsonObject, chat: Chat) -> None:
    if not button["text"].strip():
        raise bad_request("keyboard button text must be non-empty")
    if chat.type != "private":
        for request, refusal in _REQUESTS.items():
            if button.get(request):
                raise bad_request(refusal)
    if "web_app" in button:
        web_app = button["web_app"]["url"]
        button["web_app"] = {"url": _checked_url(web_app, "keyboard button Web App URL", secure=True)}
