"""Who and what the cases speak of; the numbers are the same whenever it is made."""

from __future__ import annotations

import io

from PIL import Image

from emulator.client import Emulator, Person
from tests.integration.emulator.http_calls import BotApi, File, Json

ADA, BORIS, CLARA, DORA, EVE, NOBODY = 1001, 1002, 1003, 1004, 1005, 1999
SHOP, LOST_GROUP, OLD_GROUP, NEW_GROUP, LOST_SUPERGROUP = -500, -501, -502, -1000000000502, -1000000000503

#: Messages in Ada's chat.
SAID, HELLO, WITH_OWN_KEYBOARD, PHOTO, DOCUMENT, INVOICE, FORWARDED, REFERRING = range(1, 9)
#: Messages in the shop.
ADDED, ASKED, ANSWERED = range(1, 4)
UNKNOWN = 999

PRESS = {"inline_keyboard": [[{"text": "Press", "callback_data": "pressed"}]]}
LABEL = {"label": "Tea", "amount": 5}
STARS: Json = {"title": "Tea", "description": "Hot", "payload": "tea-1", "currency": "XTR", "prices": [LABEL]}


def picture(width: int = 40, height: int = 30) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(written, "PNG")
    return written.getvalue()


def make(emulator: Emulator, bot: BotApi) -> None:
    emulator.reset()
    ada, boris, clara, dora = (
        emulator.person(number, name)
        for number, name in ((ADA, "Ada"), (BORIS, "Boris"), (CLARA, "Clara"), (DORA, "Dora"))
    )
    emulator.person(EVE, "Eve", username="eve")
    for person in (ada, clara, dora):
        person.say("/start")
    clara.block()
    dora.deactivate()
    _talk(bot)
    _meet_in_groups(emulator, bot, ada, boris)


def _talk(bot: BotApi) -> None:
    bot.result("sendMessage", chat_id=ADA, text="Hello", reply_markup=PRESS)
    bot.result("sendMessage", chat_id=ADA, text="Choose", reply_markup={"keyboard": [["Tea", "Coffee"]]})
    bot.upload("sendPhoto", chat_id=str(ADA), caption="Look", photo=File(picture(), "look.png"))
    bot.upload("sendDocument", chat_id=str(ADA), document=File(b"words", "words.txt"))
    bot.result("sendInvoice", chat_id=ADA, **STARS)
    bot.result("forwardMessage", chat_id=ADA, from_chat_id=ADA, message_id=SAID)
    bot.result("sendMessage", chat_id=ADA, text="Indeed", reply_parameters={"message_id": SAID})


def _meet_in_groups(emulator: Emulator, bot: BotApi, ada: Person, boris: Person) -> None:
    emulator.group(SHOP, "Shop", ada, boris)
    emulator.post("/control/messages", {"person_id": ADA, "chat_id": SHOP, "text": "/help"})
    bot.result("sendMessage", chat_id=SHOP, text="Here")
    emulator.group(LOST_GROUP, "Lost", ada)
    emulator.group(OLD_GROUP, "Old", ada)
    supergroup = {"id": LOST_SUPERGROUP, "type": "supergroup", "title": "Lost too", "members": [ADA]}
    emulator.post("/control/groups", supergroup)
    for group in (LOST_GROUP, LOST_SUPERGROUP):
        emulator.request("PATCH", f"/control/groups/{group}", {"person_id": ADA, "bot_status": "kicked"})
    emulator.request("PATCH", f"/control/groups/{OLD_GROUP}", {"person_id": ADA, "upgrade_to": NEW_GROUP})
