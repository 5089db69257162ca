"""What Telegram refuses, and in which words, subject by subject."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.integration.emulator.http_calls import Json
from tests.integration.emulator.world import (
    ADA,
    ADDED,
    ASKED,
    CLARA,
    DOCUMENT,
    DORA,
    EVE,
    FORWARDED,
    HELLO,
    INVOICE,
    LABEL,
    LOST_GROUP,
    LOST_SUPERGROUP,
    NEW_GROUP,
    NOBODY,
    OLD_GROUP,
    PHOTO,
    PRESS,
    SAID,
    SHOP,
    STARS,
    UNKNOWN,
    WITH_OWN_KEYBOARD,
)


@dataclass(frozen=True)
class Refused:
    name: str
    method: str
    parameters: Json
    description: str
    status: int = 400
    details: dict[str, int] = field(default_factory=dict)

    @property
    def body(self) -> Json:
        body: Json = {"ok": False, "error_code": self.status, "description": self.description}
        return body | ({"parameters": self.details} if self.details else {})


def bad(name: str, method: str, parameters: Json, reason: str, **details: int) -> Refused:
    return Refused(name, method, parameters, f"Bad Request: {reason}", 400, details)


def forbidden(name: str, method: str, parameters: Json, reason: str) -> Refused:
    return Refused(name, method, parameters, f"Forbidden: {reason}", 403)


def ada(**parameters: Any) -> Json:
    return {"chat_id": ADA, "text": "x", **parameters}


def inline(*buttons: Any) -> Json:
    return ada(reply_markup={"inline_keyboard": [list(buttons)]})


def own(*buttons: Any, chat_id: int = ADA) -> Json:
    return ada(chat_id=chat_id, reply_markup={"keyboard": [list(buttons)]})


def edited(message_id: int, **parameters: Any) -> Json:
    return {"chat_id": ADA, "message_id": message_id, **parameters}


def priced(**parameters: Any) -> Json:
    return {"chat_id": ADA, **STARS, **parameters}


NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
BUTTON = "can't parse InlineKeyboardButton: "
NOT_IN_LOST_GROUP = "bot was kicked from the group chat"

CHATS = [
    bad("no chat_id", "sendMessage", {"text": "x"}, "chat_id is empty"),
    bad("empty chat_id", "sendMessage", ada(chat_id=""), "chat_id is empty"),
    bad("null as chat_id", "sendMessage", ada(chat_id=None), "chat not found"),
    bad("true as chat_id", "sendMessage", ada(chat_id=True), "chat not found"),
    bad("words as chat_id", "sendMessage", ada(chat_id="abc"), "chat not found"),
    bad("0 as chat_id", "sendMessage", ada(chat_id=0), "chat not found"),
    bad("a number of 5,000 digits as chat_id", "sendMessage", ada(chat_id="9" * 5000), "chat not found"),
    bad("unknown person", "sendMessage", ada(chat_id=NOBODY), "chat not found"),
    bad("somebody who has never started the bot", "sendMessage", ada(chat_id=EVE), "chat not found"),
    bad("a person's username", "sendMessage", ada(chat_id="@eve"), "chat not found"),
    bad("a group's title as username", "sendMessage", ada(chat_id="@Shop"), "chat not found"),
    forbidden(
        "a person met in a group", "sendMessage", ada(chat_id=1002), "bot can't initiate conversation with a user"
    ),
    forbidden("somebody who has blocked the bot", "sendMessage", ada(chat_id=CLARA), "bot was blocked by the user"),
    forbidden("a deleted account", "sendMessage", ada(chat_id=DORA), "user is deactivated"),
    forbidden(
        "typing to a deleted account", "sendChatAction", ada(chat_id=DORA, action="typing"), "user is deactivated"
    ),
    forbidden("a group that has put the bot out", "sendMessage", ada(chat_id=LOST_GROUP), NOT_IN_LOST_GROUP),
    forbidden("its members", "getChatMember", {"chat_id": LOST_GROUP, "user_id": ADA}, NOT_IN_LOST_GROUP),
    forbidden(
        "a supergroup that has put the bot out, even to look at it",
        "getChat",
        {"chat_id": LOST_SUPERGROUP},
        "bot was kicked from the supergroup chat",
    ),
    bad(
        "a group that is a supergroup by now",
        "sendMessage",
        ada(chat_id=OLD_GROUP),
        "group chat was upgraded to a supergroup chat",
        migrate_to_chat_id=NEW_GROUP,
    ),
    bad("getChat without chat_id", "getChat", {}, "chat_id is empty"),
    bad("getChat of nobody", "getChat", {"chat_id": NOBODY}, "chat not found"),
    bad("a member without user_id", "getChatMember", {"chat_id": NOBODY}, "invalid user_id specified"),
    bad("a negative user_id", "getChatMember", {"chat_id": SHOP, "user_id": -5}, "invalid user_id specified"),
    bad("a member that nobody is", "getChatMember", {"chat_id": SHOP, "user_id": NOBODY}, "user not found"),
    bad("the number of members of nothing", "getChatMemberCount", {"chat_id": NOBODY}, "chat not found"),
    bad("a topic", "sendMessage", ada(message_thread_id=7), "message thread not found"),
]

TEXTS = [
    bad("no text", "sendMessage", {"chat_id": ADA}, "message text is empty"),
    bad("no text comes before no chat", "sendMessage", {}, "message text is empty"),
    bad("mere space", "sendMessage", ada(text=" \n\t"), "text must be non-empty"),
    bad("invisible characters", "sendMessage", ada(text="\u200b\ufeff"), "text must be non-empty"),
    bad("mere tags", "sendMessage", ada(text="<b></b>", parse_mode="HTML"), "text must be non-empty"),
    bad("4,097 characters", "sendMessage", ada(text="x" * 4097), "message is too long"),
    bad("4,097 smileys", "sendMessage", ada(text="😀" * 4097), "message is too long"),
    bad("an unknown chat comes before the length", "sendMessage", ada(chat_id=9, text="x" * 4097), "chat not found"),
    bad("more than 32 KiB", "sendMessage", ada(text="x" * 32769), "text is too long"),
    bad("an unknown parse_mode", "sendMessage", ada(parse_mode="BBCode"), "unsupported parse_mode"),
    bad(
        "an unknown tag",
        "sendMessage",
        ada(text="I <3 you", parse_mode="HTML"),
        'can\'t parse entities: Unsupported start tag "3" at byte offset 2',
    ),
    bad(
        "an open tag",
        "sendMessage",
        ada(text="<b>x", parse_mode="html"),
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    bad(
        "a reserved character",
        "sendMessage",
        ada(text="a.b", parse_mode="MarkdownV2"),
        "can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
    ),
    bad(
        "an open mark",
        "sendMessage",
        ada(text="é *b", parse_mode="MarkdownV2"),
        "can't parse entities: Can't find end of Bold entity at byte offset 3",
    ),
    bad(
        "an open mark of the old kind",
        "sendMessage",
        ada(text="a_b", parse_mode="Markdown"),
        "can't parse entities: Can't find end of the entity starting at byte offset 1",
    ),
    bad(
        "an entity that is no object",
        "sendMessage",
        ada(entities=["bold"]),
        "can't parse MessageEntity: expected an Object",
    ),
    bad(
        "an entity of an unknown type",
        "sendMessage",
        ada(entities=[{"type": "blink", "offset": 0, "length": 1}]),
        "can't parse MessageEntity: Unsupported type specified",
    ),
    bad(
        "options for links that are no JSON",
        "sendMessage",
        ada(link_preview_options="{"),
        "can't parse link preview options JSON object",
    ),
    bad(
        "options for links that are no object",
        "sendMessage",
        ada(link_preview_options=[]),
        "object expected as link preview options",
    ),
    bad(
        "options for links of a wrong type, though the text is missing too",
        "sendMessage",
        {"link_preview_options": {"is_disabled": 1}},
        'field "is_disabled" must be of type Boolean',
    ),
    bad(
        "half a character",
        "sendMessage",
        ada(text="<b>&#xd83d;</b>", parse_mode="HTML"),
        (
            "can't parse entities: Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        ),
    ),
]

REPLIES = [
    bad("to nothing", "sendMessage", ada(reply_parameters={"message_id": 999}), "message to be replied not found"),
    bad("in the old way", "sendMessage", ada(reply_to_message_id=999), "message to be replied not found"),
    bad("broken JSON", "sendMessage", ada(reply_parameters="{"), "can't parse reply parameters JSON object"),
    bad("no object", "sendMessage", ada(reply_parameters=[1]), "object expected as reply parameters"),
    bad("null", "sendMessage", ada(reply_parameters=None), "object expected as reply parameters"),
    bad(
        "without message_id",
        "sendMessage",
        ada(reply_parameters={"allow_sending_without_reply": True}),
        'can\'t find field "message_id"',
    ),
    bad(
        "with a list as message_id",
        "sendMessage",
        ada(reply_parameters={"message_id": []}),
        'field "message_id" must be of type Number',
    ),
    bad(
        "with words as message_id",
        "sendMessage",
        ada(reply_parameters={"message_id": "first"}),
        'can\'t parse as an integer string "first"',
    ),
    bad(
        "with a number that is too big",
        "sendMessage",
        ada(reply_parameters={"message_id": 2**40}),
        f'can\'t parse as an integer string "{2**40}"',
    ),
    bad(
        "with a text as a flag",
        "sendMessage",
        ada(reply_parameters={"message_id": 1, "allow_sending_without_reply": "true"}),
        'field "allow_sending_without_reply" must be of type Boolean',
    ),
]

KEYBOARDS = [
    bad("broken JSON", "sendMessage", ada(reply_markup="{"), "can't parse reply keyboard markup JSON object"),
    bad(
        "101 levels",
        "sendMessage",
        ada(reply_markup="[" * 101 + "]" * 101),
        "can't parse reply keyboard markup JSON object",
    ),
    bad("no object", "sendMessage", ada(reply_markup=[]), "object expected as reply markup"),
    bad("null", "sendMessage", ada(reply_markup=None), "object expected as reply markup"),
    bad(
        "null instead of rows",
        "sendMessage",
        ada(reply_markup={"inline_keyboard": None}),
        'field "inline_keyboard" must be of type Array',
    ),
    bad(
        "buttons instead of rows",
        "sendMessage",
        ada(reply_markup={"inline_keyboard": [{"text": "a", "callback_data": "b"}]}),
        'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    ),
    bad("own rows missing", "sendMessage", ada(reply_markup={"keyboard": 1}), 'field "keyboard" must be of type Array'),
    bad(
        "own buttons instead of rows",
        "sendMessage",
        ada(reply_markup={"keyboard": ["a"]}),
        'field "keyboard" must be an Array of Arrays',
    ),
    bad("a button that is a text", "sendMessage", inline("a"), BUTTON + "InlineKeyboardButton must be an Object"),
    bad("a button without text", "sendMessage", inline({"url": "a.org"}), BUTTON + 'Can\'t find field "text"'),
    bad("a flag as text", "sendMessage", inline({"text": True}), BUTTON + 'Field "text" must be of type String'),
    bad(
        "a button that does nothing",
        "sendMessage",
        inline({"text": "a", "callback_data": ""}),
        BUTTON + "Text buttons are not allowed in the inline keyboard",
    ),
    bad("65 bytes", "sendMessage", inline({"text": "a", "callback_data": "x" * 65}), "BUTTON_DATA_INVALID"),
    bad(
        "33 letters of 2 bytes", "sendMessage", inline({"text": "a", "callback_data": "é" * 33}), "BUTTON_DATA_INVALID"
    ),
    bad(
        "a button named with a space",
        "sendMessage",
        inline({"text": " ", "callback_data": "a"}),
        "inline keyboard button text must be non-empty",
    ),
    bad(
        "an address without host",
        "sendMessage",
        inline({"text": "a", "url": "https://"}),
        "inline keyboard button URL 'https://' is invalid: URL host is empty",
    ),
    bad(
        "an address of a kind that is not allowed",
        "sendMessage",
        inline({"text": "a", "url": "ftp://a.org"}),
        "inline keyboard button URL 'ftp://a.org' is invalid: Unsupported URL protocol",
    ),
    bad(
        "an address in this network",
        "sendMessage",
        inline({"text": "a", "url": "http://localhost"}),
        "inline keyboard button URL 'http://localhost' is invalid: Wrong HTTP URL",
    ),
    bad(
        "a mini app without encryption",
        "sendMessage",
        inline({"text": "a", "web_app": {"url": "http://a.org"}}),
        "inline keyboard button Web App URL 'http://a.org' is invalid: Only HTTPS links are allowed",
    ),
    bad(
        "a mini app that is a text",
        "sendMessage",
        inline({"text": "a", "web_app": "a.org"}),
        (BUTTON + 'Field "web_app" must be of type Object'),
    ),
    bad(
        "a mini app without address",
        "sendMessage",
        inline({"text": "a", "web_app": {}}),
        (BUTTON + 'Can\'t find field "url"'),
    ),
    bad(
        "an own button that is a number",
        "sendMessage",
        own(1),
        ("can't parse keyboard button: KeyboardButton must be a String or an Object"),
    ),
    bad("an own button without text", "sendMessage", own({}), "can't parse keyboard button: Can't find field \"text\""),
    bad(
        "a text as a wish",
        "sendMessage",
        own({"text": "a", "request_contact": "yes"}),
        ('can\'t parse keyboard button: Field "request_contact" must be of type Boolean'),
    ),
    bad(
        "phone numbers in a group",
        "sendMessage",
        own({"text": "a", "request_contact": True}, chat_id=SHOP),
        ("phone number can be requested in private chats only"),
    ),
    bad(
        "places in a group",
        "sendMessage",
        own({"text": "a", "request_location": True}, chat_id=SHOP),
        ("location can be requested in private chats only"),
    ),
    bad("an own button named with a space", "sendMessage", own(" "), "keyboard button text must be non-empty"),
    bad(
        "a text as a flag",
        "sendMessage",
        ada(reply_markup={"remove_keyboard": "true"}),
        'field "remove_keyboard" must be of type Boolean',
    ),
    bad(
        "an old flag of a wrong type",
        "sendMessage",
        ada(reply_markup={"hide_keyboard": 1}),
        'field "hide_keyboard" must be of type Boolean',
    ),
    bad(
        "a list as a placeholder",
        "sendMessage",
        ada(reply_markup={"force_reply": True, "input_field_placeholder": []}),
        'field "input_field_placeholder" must be of type String',
    ),
    bad(
        "a wrong chat comes before long data",
        "sendMessage",
        (inline({"text": "a", "callback_data": "x" * 65}) | {"chat_id": NOBODY}),
        "chat not found",
    ),
    bad(
        "a wrong reply comes before a wrong keyboard",
        "sendMessage",
        (ada(reply_parameters="{", reply_markup="{")),
        "can't parse reply parameters JSON object",
    ),
]

EDITS = [
    bad("the same", "editMessageText", edited(HELLO, text="Hello", reply_markup=PRESS), NOT_MODIFIED),
    bad("the same buttons", "editMessageReplyMarkup", edited(HELLO, reply_markup=PRESS), NOT_MODIFIED),
    bad("the same caption", "editMessageCaption", edited(PHOTO, caption="Look"), NOT_MODIFIED),
    bad("no such message", "editMessageText", edited(UNKNOWN, text="x"), "message to edit not found"),
    bad("no message_id", "editMessageText", ada(), "message to edit not found"),
    bad("no message_id, no chat_id", "editMessageText", {"text": "x"}, "message identifier is not specified"),
    bad("message_id alone", "editMessageText", {"text": "x", "message_id": 5}, "chat_id is empty"),
    bad("somebody else's", "editMessageText", edited(SAID, text="x"), "message can't be edited"),
    bad("one with a keyboard", "editMessageText", edited(WITH_OWN_KEYBOARD, text="x"), "message can't be edited"),
    bad("a forwarded one", "editMessageText", edited(FORWARDED, text="x"), "message can't be edited"),
    bad("an invoice", "editMessageReplyMarkup", edited(INVOICE, reply_markup=PRESS), "message can't be edited"),
    bad("a photo's text", "editMessageText", edited(PHOTO, text="x"), "there is no text in the message to edit"),
    bad(
        "a text's caption",
        "editMessageCaption",
        edited(HELLO, caption="x"),
        "there is no caption in the message to edit",
    ),
    bad("no text", "editMessageText", edited(UNKNOWN), "message text is empty"),
    bad("mere space", "editMessageText", edited(HELLO, text=" "), "text must be non-empty"),
    bad("4,097 characters", "editMessageText", edited(HELLO, text="x" * 4097), "MESSAGE_TOO_LONG"),
    bad(
        "an own keyboard",
        "editMessageText",
        edited(HELLO, text="x", reply_markup={"keyboard": [["a"]]}),
        "inline keyboard expected",
    ),
    bad(
        "no keyboard any more",
        "editMessageReplyMarkup",
        edited(HELLO, reply_markup={"remove_keyboard": True}),
        "inline keyboard expected",
    ),
    bad(
        "an open tag",
        "editMessageText",
        edited(UNKNOWN, text="<b>", parse_mode="HTML"),
        ("can't parse entities: Can't find end tag corresponding to start tag \"b\""),
    ),
    forbidden(
        "in a lost group", "editMessageText", {"chat_id": LOST_GROUP, "message_id": 1, "text": "x"}, (NOT_IN_LOST_GROUP)
    ),
]

DELETES = [
    bad("without chat_id", "deleteMessage", {"message_id": 1}, "chat identifier is not specified"),
    bad("without message_id", "deleteMessage", {"chat_id": ADA}, "message identifier is not specified"),
    bad("no such message", "deleteMessage", edited(UNKNOWN), "message to delete not found"),
    bad("a negative message_id", "deleteMessage", edited(-1), "message to delete not found"),
    bad(
        "somebody else's in a group",
        "deleteMessage",
        {"chat_id": SHOP, "message_id": ASKED},
        "message can't be deleted",
    ),
    bad("many: none", "deleteMessages", {"chat_id": ADA}, "message identifiers are not specified"),
    bad("many: empty", "deleteMessages", {"chat_id": ADA, "message_ids": []}, "message identifiers are not specified"),
    bad("many: broken", "deleteMessages", {"message_ids": "[1"}, "can't parse message_ids JSON object"),
    bad("many: one number", "deleteMessages", {"message_ids": 1}, "expected an Array of message identifiers"),
    bad("many: null", "deleteMessages", {"message_ids": None}, "expected an Array of message identifiers"),
    bad("many: 101", "deleteMessages", {"message_ids": [1] * 101}, "too many message identifiers specified"),
    bad("many: a flag", "deleteMessages", {"message_ids": [True]}, "message identifier must be a Number"),
    bad("many: words", "deleteMessages", {"message_ids": ["a"]}, "can't parse message identifier as Number"),
    bad("many: half", "deleteMessages", {"message_ids": [1.5]}, "can't parse message identifier as Number"),
    bad("many: zero", "deleteMessages", {"message_ids": [0]}, "invalid message identifier specified"),
    bad("many: no chat", "deleteMessages", {"message_ids": [1]}, "chat_id is empty"),
]

COPIES = [
    bad("from nowhere", "forwardMessage", {"chat_id": ADA, "message_id": 1}, 'parameter "from_chat_id" is required'),
    bad("copy from nowhere", "copyMessage", {"chat_id": ADA, "message_id": 1}, 'parameter "from_chat_id" is required'),
    bad("from an unknown chat", "forwardMessage", edited(1, from_chat_id=NOBODY), "chat not found"),
    bad("no such message", "forwardMessage", edited(UNKNOWN, from_chat_id=ADA), "message to forward not found"),
    bad("nothing to copy", "copyMessage", edited(UNKNOWN, from_chat_id=ADA), "message to copy not found"),
    bad("to nobody", "copyMessage", {"chat_id": NOBODY, "from_chat_id": ADA, "message_id": SAID}, "chat not found"),
    bad("a copy of an invoice", "copyMessage", edited(INVOICE, from_chat_id=ADA), "message can't be copied"),
    bad("a copy of an arrival", "copyMessage", edited(ADDED, from_chat_id=SHOP), "message can't be copied"),
    bad("an arrival", "forwardMessage", edited(ADDED, from_chat_id=SHOP), "message can't be forwarded"),
    bad(
        "a caption of 1,025",
        "copyMessage",
        edited(DOCUMENT, from_chat_id=ADA, caption="x" * 1025),
        ("message caption is too long"),
    ),
    forbidden(
        "from a supergroup that has put the bot out",
        "forwardMessage",
        edited(1, from_chat_id=LOST_SUPERGROUP),
        "bot was kicked from the supergroup chat",
    ),
]

BUTTONS_AND_ACTIONS = [
    bad("an unknown press", "answerCallbackQuery", {"callback_query_id": "1"}, TOO_OLD),
    bad("no press", "answerCallbackQuery", {}, TOO_OLD),
    bad("no action", "sendChatAction", {"chat_id": ADA}, "wrong parameter action in request"),
    bad(
        "an unknown action comes before the chat",
        "sendChatAction",
        {"action": "dance"},
        "wrong parameter action in request",
    ),
    bad("an action nowhere", "sendChatAction", {"action": "typing"}, "chat_id is empty"),
]

FILES = [
    bad("no photo", "sendPhoto", {"chat_id": ADA}, "there is no photo in the request"),
    bad("no document", "sendDocument", {"chat_id": ADA}, "there is no document in the request"),
    bad(
        "a file that is not attached",
        "sendPhoto",
        {"chat_id": ADA, "photo": "attach://x"},
        "there is no photo in the request",
    ),
    bad(
        "a wrong file_id",
        "sendPhoto",
        {"chat_id": ADA, "photo": "abc"},
        ("wrong remote file identifier specified: Wrong string length"),
    ),
    bad(
        "a wrong file_id of a document",
        "sendDocument",
        {"chat_id": ADA, "document": "abc"},
        ("wrong remote file identifier specified: Wrong string length"),
    ),
    bad(
        "an address",
        "sendPhoto",
        {"chat_id": ADA, "photo": "https://example.org/a.png"},
        "failed to get HTTP URL content",
    ),
    bad(
        "a broken address",
        "sendPhoto",
        {"chat_id": ADA, "photo": "ftp://example.org/a.png"},
        ("invalid file HTTP URL specified: Unsupported URL protocol"),
    ),
    bad("an unknown chat comes before the file", "sendPhoto", {"chat_id": NOBODY, "photo": "abc"}, "chat not found"),
    bad("no file_id", "getFile", {}, "file_id not specified"),
    bad("an unknown file_id", "getFile", {"file_id": "AgACAgIAAxkBAAMC"}, "invalid file_id"),
]

COMMAND = {"command": "start", "description": "Begin"}
SCOPE = "can't parse BotCommandScope: "


def described(**command: Any) -> Json:
    return {"commands": [COMMAND | command]}


def scoped(**scope: Any) -> Json:
    return {"commands": [COMMAND], "scope": scope}


COMMANDS = [
    bad("broken JSON", "setMyCommands", {"commands": "["}, "can't parse commands JSON object"),
    bad("no list", "setMyCommands", {"commands": {}}, "expected an Array of BotCommand"),
    bad("no object", "setMyCommands", {"commands": ["start"]}, "can't parse BotCommand: expected an Object"),
    bad("no command", "setMyCommands", {"commands": [{}]}, "can't parse BotCommand: Can't find field \"command\""),
    bad(
        "no description",
        "setMyCommands",
        {"commands": [{"command": "a"}]},
        ("can't parse BotCommand: Can't find field \"description\""),
    ),
    bad("a slash", "setMyCommands", described(command="/"), "command must be non-empty"),
    bad("33 letters", "setMyCommands", described(command="a" * 33), "command length must not exceed 32"),
    bad("capital letters", "setMyCommands", described(command="Start"), "BOT_COMMAND_INVALID"),
    bad("an empty description", "setMyCommands", described(description=" "), "command description must be non-empty"),
    bad(
        "a description of 257",
        "setMyCommands",
        described(description="x" * 257),
        ("command description length must not exceed 256"),
    ),
    bad("101 commands", "setMyCommands", {"commands": [COMMAND] * 101}, "BOT_COMMANDS_TOO_MUCH"),
    bad("a broken scope", "setMyCommands", {"scope": "{"}, "can't parse BotCommandScope JSON object"),
    bad("a scope that is a text", "setMyCommands", {"scope": '"default"'}, SCOPE + "BotCommandScope must be an Object"),
    bad("a scope without type", "setMyCommands", {"scope": {}}, SCOPE + 'Can\'t find field "type"'),
    bad("an unknown scope", "getMyCommands", scoped(type="planet"), SCOPE + "Unsupported type specified"),
    bad("a scope without chat", "setMyCommands", scoped(type="chat"), SCOPE + 'Can\'t find field "chat_id"'),
    bad(
        "a scope with an empty chat",
        "setMyCommands",
        scoped(type="chat", chat_id=""),
        SCOPE + "Empty chat_id specified",
    ),
    bad("a scope with chat 0", "setMyCommands", scoped(type="chat", chat_id=0), "chat not found"),
    bad("a scope with an unknown chat", "deleteMyCommands", scoped(type="chat", chat_id=NOBODY), "chat not found"),
    bad(
        "a member without user_id",
        "setMyCommands",
        scoped(type="chat_member", chat_id=SHOP),
        (SCOPE + 'Can\'t find field "user_id"'),
    ),
    bad(
        "a member 0",
        "setMyCommands",
        scoped(type="chat_member", chat_id=SHOP, user_id=0),
        SCOPE + "Invalid user_id specified",
    ),
    bad(
        "a language in full",
        "setMyCommands",
        described() | {"language_code": "english"},
        "invalid language code specified",
    ),
]

PRICE = "can't parse labeled price: "
PAYMENTS = [
    bad("without title", "sendInvoice", {"chat_id": NOBODY}, 'parameter "title" is required'),
    bad("without description", "sendInvoice", priced(description=""), 'parameter "description" is required'),
    bad("without payload", "sendInvoice", priced(payload=""), 'parameter "payload" is required'),
    bad("without currency", "sendInvoice", priced(currency=""), 'parameter "currency" is required'),
    bad("without prices", "sendInvoice", priced(prices=""), 'parameter "prices" is required'),
    bad("broken prices", "sendInvoice", priced(prices="["), "can't parse prices JSON object"),
    bad("one price", "sendInvoice", priced(prices=LABEL), "expected an Array of labeled prices"),
    bad("no price", "sendInvoice", priced(prices=[]), "there must be at least one price"),
    bad("a number", "sendInvoice", priced(prices=[5]), PRICE + "LabeledPrice must be an Object"),
    bad("without label", "sendInvoice", priced(prices=[{"amount": 5}]), PRICE + 'Can\'t find field "label"'),
    bad(
        "an empty label", "sendInvoice", priced(prices=[{"label": ""}]), PRICE + "LabeledPrice label must be non-empty"
    ),
    bad("without amount", "sendInvoice", priced(prices=[{"label": "a"}]), PRICE + 'Can\'t find field "amount"'),
    bad(
        "a flag as amount",
        "sendInvoice",
        priced(prices=[{"label": "a", "amount": True}]),
        (PRICE + 'Field "amount" must be a Number'),
    ),
    bad("nothing to pay", "sendInvoice", priced(prices=[LABEL | {"amount": 0}]), "total price must be positive"),
    bad(
        "more than there is",
        "sendInvoice",
        priced(prices=[LABEL | {"amount": 10**12}]),
        ("too big amount of the currency specified"),
    ),
    bad(
        "an unknown chat comes before the amount",
        "sendInvoice",
        (priced(chat_id=NOBODY, prices=[LABEL | {"amount": 0}])),
        "chat not found",
    ),
    bad("euros without a provider", "sendInvoice", priced(currency="EUR"), "PAYMENT_PROVIDER_INVALID"),
    bad("two prices in stars", "sendInvoice", priced(prices=[LABEL, LABEL]), "STARS_INVOICE_INVALID"),
    bad("a payload of 129 bytes", "sendInvoice", priced(payload="x" * 129), "INVOICE_PAYLOAD_INVALID"),
    bad(
        "a refusal without a reason",
        "answerPreCheckoutQuery",
        {"pre_checkout_query_id": "1"},
        ('parameter "error_message" is required'),
    ),
    bad("an unknown checkout", "answerPreCheckoutQuery", {"pre_checkout_query_id": "1", "ok": True}, TOO_OLD),
    bad("a refund to nobody", "refundStarPayment", {"telegram_payment_charge_id": "a"}, "invalid user_id specified"),
    bad(
        "a refund of nothing",
        "refundStarPayment",
        {"user_id": ADA},
        ('parameter "telegram_payment_charge_id" is required'),
    ),
    bad(
        "a refund of an unknown charge",
        "refundStarPayment",
        {"user_id": ADA, "telegram_payment_charge_id": "a"},
        ("CHARGE_NOT_FOUND"),
    ),
]

SUBJECTS = {
    "chats": CHATS,
    "texts": TEXTS,
    "replies": REPLIES,
    "keyboards": KEYBOARDS,
    "edits": EDITS,
    "deletes": DELETES,
    "copies": COPIES,
    "buttons and actions": BUTTONS_AND_ACTIONS,
    "files": FILES,
    "commands": COMMANDS,
    "payments": PAYMENTS,
}
