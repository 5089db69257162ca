"""An admin writes to all users: composes, looks, sends, watches, cancels; and everybody gets it once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from emulator.client import Answer, Person
from tests.integration.bot.shop.conftest import CLERK, OWNER, Shop
from tests.waiting import wait_for

STATE = "SELECT state FROM broadcasts WHERE id = $1"
COUNTS = "SELECT recipients, queued, sent, blocked, failed FROM broadcasts WHERE id = $1"


@pytest.fixture(scope="module")
def slow_shop(open_shop: Callable[..., Shop]) -> Shop:
    """One that sends so slowly that there is time to look."""
    return open_shop(OUTBOX_MESSAGES_PER_SECOND="5")


@pytest.fixture(autouse=True)
def nobody(request: pytest.FixtureRequest) -> Iterator[None]:
    """The shops are as new: each test knows all the users there are."""
    yield
    for name in {"shop", "slow_shop"} & set(request.fixturenames):
        used: Shop = request.getfixturevalue(name)
        used.wait_until_idle()
        used.sql("DELETE FROM users")
        used.sql("DELETE FROM conversations")
        used.sql("DELETE FROM broadcasts")
        used.emulator.stop_failing()
        used.emulator.reset()


def users(shop: Shop, count: int) -> list[Person]:
    people = [shop.person(f"User {number}") for number in range(count)]
    for person in people:
        person.say("/start")
    for person in people:
        person.expect("Welcome")
    return people


def until(person: Person, text: str) -> Answer:
    """The first message with this text that comes, or is changed to it."""

    def found() -> Answer | None:
        return next((answer for answer in person.read(1) if text in answer.text), None)

    answer = wait_for(found, f"{text!r}")
    assert answer is not None
    return answer


def data(answer: Answer, label: str) -> str:
    return str(next(button["callback_data"] for button in answer.buttons if button["text"] == label))


def labels(answer: Answer) -> list[str]:
    return [button["text"] for button in answer.buttons]


def compose(admin: Person, text: str = "Sale!", count: int = 0) -> Answer:
    """The screen that asks whether to send it, to so many."""
    admin.say("/broadcast")
    admin.expect("Send me the message")
    admin.say(text)
    copy, screen = both(admin)
    assert copy.text == text
    assert f"goes to {count} user" in screen.text
    return screen


def both(admin: Person) -> tuple[Answer, Answer]:
    """The copy and the screen below it."""
    found: list[Answer] = []

    def come() -> bool:
        found.extend(admin.read(1))
        return len(found) >= 2

    wait_for(come, "the copy and the screen")
    copy, screen = found
    return copy, screen


def id_of(screen: Answer) -> int:
    return int(next(button["callback_data"] for button in screen.buttons if "a-b-send" in button["callback_data"])[9:])


def send(admin: Person, screen: Answer) -> int:
    broadcast_id = id_of(screen)
    [label] = [label for label in labels(screen) if label.startswith("Send to")]
    assert admin.press(label)["text"] == "On its way."
    return broadcast_id


def is_sent(shop: Shop, broadcast_id: int, times: int) -> bool:
    return bool(shop.value("SELECT sent > $2 FROM broadcasts WHERE id = $1", broadcast_id, times))


def cut_off(shop: Shop) -> None:
    """Ends every connection of the bot's with the database."""

    async def terminate() -> None:
        connection = await shop.database.connect("postgres")
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = 'bot'",
            shop.database.name,
        )
        await connection.close()

    asyncio.run(terminate())


def got(person: Person) -> list[str]:
    return [answer.text for answer in person.read(0)]


def test_everybody_gets_it_once(shop: Shop, owner: Person) -> None:
    people = users(shop, 12)
    [gone] = users(shop, 1)
    gone.block()
    wait_for(lambda: shop.value("SELECT count(*) FROM users WHERE blocked_at IS NOT NULL"), "it is noticed")
    screen = compose(owner, count=12)
    assert labels(screen) == ["Send to 12 users", "Change", "Not now"]
    shop.wait_until_idle()
    assert [got(person) for person in people] == [[]] * 12
    broadcast_id = send(owner, screen)
    result = until(owner, "Sent to everybody: 12")
    assert result.id == screen.id
    assert result.text.splitlines()[1:] == ["Arrived: 12", "Have blocked me: 0", "Failed: 0"]
    assert result.buttons == []
    assert [got(person) for person in people] == [["Sale!"]] * 12
    assert got(gone) == []
    assert shop.sql(COUNTS, broadcast_id) == [(12, 12, 12, 0, 0)]
    assert shop.value(STATE, broadcast_id) == "done"


def test_formatting_and_pictures_arrive_as_they_are(shop: Shop, owner: Person) -> None:
    [user] = users(shop, 1)
    owner.say("/broadcast")
    owner.expect("Send me the message")
    me = {"id": owner.id, "first_name": "Olga", "is_bot": False}
    entities = [{"type": "bold", "offset": 0, "length": 3}, {"type": "spoiler", "offset": 4, "length": 5}]
    said = {"message_id": 500, "date": 1, "chat": me | {"type": "private"}, "from": me}
    shop.emulator.send_updates({"message": said | {"text": "<b> &amp; it", "entities": entities}})
    copy, screen = both(owner)
    assert (copy.message["text"], copy.message["entities"]) == ("<b> &amp; it", entities)
    send(owner, screen)
    arrived = user.expect("<b> &amp; it").message
    assert arrived["entities"] == entities
    until(owner, "Sent to everybody: 1")

    owner.say("/broadcast")
    owner.expect("Send me the message")
    owner.send_file("tea.txt", b"tea", caption="A list")
    copy, screen = both(owner)
    send(owner, screen)
    arrived = user.expect("A list").message
    assert arrived["document"]["file_name"] == "tea.txt"
    until(owner, "Sent to everybody: 1")


def test_who_cannot_be_reached_is_counted(shop: Shop, owner: Person) -> None:
    people = users(shop, 8)
    screen = compose(owner, count=8)
    people[1].block()
    people[2].deactivate()
    shop.wait_until_idle()
    # As if it had been noticed by nobody before.
    shop.sql("UPDATE users SET blocked_at = NULL")
    shop.sql("INSERT INTO users (id, first_name) VALUES (777, 'Unknown to Telegram')")
    broadcast_id = send(owner, screen)
    result = until(owner, "Sent to everybody: 9")
    assert result.text.splitlines()[1:] == ["Arrived: 6", "Have blocked me: 2", "Failed: 1"]
    assert shop.sql(COUNTS, broadcast_id) == [(9, 9, 6, 2, 1)]
    assert shop.value("SELECT count(*) FROM users WHERE blocked_at IS NOT NULL") == 2
    assert "chat not found" in shop.value("SELECT error FROM outbox WHERE chat_id = 777")
    assert [len(got(person)) for person in people] == [1, 0, 0, 1, 1, 1, 1, 1]
    shop.sql("DELETE FROM outbox WHERE chat_id = 777")


def test_a_message_that_telegram_fails_once_is_sent_again_and_counted_once(shop: Shop, owner: Person) -> None:
    people = users(shop, 3)
    screen = compose(owner, count=3)
    shop.emulator.fail("copyMessage", 500)
    broadcast_id = send(owner, screen)
    until(owner, "Sent to everybody: 3")
    assert shop.sql(COUNTS, broadcast_id) == [(3, 3, 3, 0, 0)]
    assert [got(person) for person in people] == [["Sale!"]] * 3


def test_the_admin_reads_it_in_a_language_of_their_own(slow_shop: Shop) -> None:
    owner = slow_shop.emulator.person(OWNER, "Olga")
    users(slow_shop, 20)
    slow_shop.sql("""INSERT INTO users (id, first_name, settings) VALUES ($1, 'Olga', '{"language": "de"}')""", OWNER)
    owner.say("/broadcast")
    owner.expect()
    owner.say("Sale!")
    _, screen = both(owner)
    broadcast_id = id_of(screen)
    owner.press_data(screen.id, f"a-b-send:{broadcast_id}")
    slow_shop.sql("UPDATE broadcasts SET recipients = 12345 WHERE id = $1", broadcast_id)
    assert until(owner, "12.345").id == screen.id


def test_progress_is_shown_in_the_pressed_message(slow_shop: Shop) -> None:
    owner = slow_shop.emulator.person(OWNER, "Olga")
    users(slow_shop, 40)
    screen = compose(owner, count=40)
    send(owner, screen)
    shown: list[str] = []

    def is_done() -> bool:
        for answer in owner.read(1):
            assert answer.id == screen.id
            shown.append(answer.text)
            assert labels(answer) == (["Cancel"] if answer.text.startswith("Sending") else [])
        return shown[-1:] != [] and shown[-1].startswith("Sent to everybody: 40")

    wait_for(is_done, "the result")
    done = [int(text.split()[1]) for text in shown[:-1]]
    assert len(done) >= 3
    assert done == sorted(set(done))
    assert done[-1] <= 40
    assert all("of 40" in text for text in shown[:-1])


def test_a_broadcast_is_cancelled_in_the_middle(slow_shop: Shop) -> None:
    owner, clerk = (slow_shop.emulator.person(admin, "Admin") for admin in (OWNER, CLERK))
    people = users(slow_shop, 60)
    broadcast_id = send(owner, compose(owner, count=60))
    wait_for(partial(is_sent, slow_shop, broadcast_id, 2), "some are sent")
    # By another admin, who is shown it on the way to a broadcast of their own.
    clerk.say("/broadcast")
    offered = clerk.expect("Send me the message")
    clerk.press_data(offered.id, f"a-b-show:{broadcast_id}")
    assert labels(clerk.expect("Sending: ")) == ["How far is it?", "Cancel"]
    clerk.press("Cancel")
    assert "Stopping" in clerk.expect().text
    result = until(owner, "Cancelled at")
    sent, queued = slow_shop.sql("SELECT sent, queued FROM broadcasts WHERE id = $1", broadcast_id)[0]
    assert slow_shop.value(STATE, broadcast_id) == "cancelled"
    assert f"Cancelled at {sent} of 60" in result.text
    assert result.buttons == []
    assert sent == queued < 60
    slow_shop.wait_until_idle()
    assert [got(person) for person in people] == [["Sale!"]] * sent + [[]] * (60 - sent)
    clerk.press("How far is it?")
    clerk.expect("Cancelled at")


def test_the_cancel_button_of_the_progress_works_and_says_so(slow_shop: Shop) -> None:
    owner = slow_shop.emulator.person(OWNER, "Olga")
    users(slow_shop, 60)
    broadcast_id = send(owner, compose(owner, count=60))
    progress = until(owner, "Sending")
    assert "still arrives" in owner.press("Cancel")["text"]
    stopping = until(owner, "Stopping")
    assert "still arrives" in stopping.text
    assert stopping.buttons == []
    until(owner, "Cancelled at")
    # Pressed again, long afterwards.
    owner.press_data(progress.id, f"a-b-stop:{broadcast_id}", forged=True)
    owner.press_data(progress.id, f"a-b-send:{broadcast_id}", forged=True)
    slow_shop.wait_until_idle()
    assert slow_shop.value(STATE, broadcast_id) == "cancelled"


def test_a_confirmation_that_is_pressed_again_and_again_sends_once(shop: Shop, owner: Person) -> None:
    people = users(shop, 10)
    screen = compose(owner, count=10)
    pressed = data(screen, "Send to 10 users")
    body = {"person_id": owner.id, "message_id": screen.id, "data": pressed, "forged": True}
    for _ in range(4):
        shop.emulator.post("/control/presses", body)
    until(owner, "Sent to everybody: 10")
    for _ in range(2):
        owner.press_data(screen.id, pressed, forged=True)
    shop.wait_until_idle()
    assert [got(person) for person in people] == [["Sale!"]] * 10
    assert shop.sql("SELECT state, sent FROM broadcasts") == [("done", 10)]


def test_nobody_else_can_confirm_it(shop: Shop, owner: Person, clerk: Person) -> None:
    [customer] = users(shop, 1)
    screen = compose(owner, count=1)
    pressed = data(screen, "Send to 1 user")
    clerks = compose(clerk, "Mine", count=1)
    customer.say("/help")
    customers = customer.expect()
    clerk.press_data(clerks.id, pressed, forged=True)
    assert "no longer waiting" in clerk.expect().text
    customer.press_data(customers.id, pressed, forged=True)
    customer.press_data(customers.id, "a-broadcast", forged=True)
    customer.press_data(customers.id, f"a-b-stop:{id_of(screen)}", forged=True)
    customer.press_data(customers.id, f"a-b-show:{id_of(screen)}", forged=True)
    customer.say("/broadcast")
    assert "/help" in customer.expect().text
    for wrong in ("a-b-send:0", "a-b-send:-1", f"a-b-send:{2**63}", "a-b-send:x", "a-b-send:", f"a-b-send:{2**63 - 1}"):
        owner.press_data(screen.id, wrong, forged=True)
    shop.wait_until_idle()
    assert shop.sql("SELECT DISTINCT state FROM broadcasts") == [("draft",)]
    assert got(customer) == []
    assert shop.failed() == []


def test_another_message_takes_the_place_of_the_first(shop: Shop, owner: Person) -> None:
    [user] = users(shop, 1)
    first = compose(owner, "Wrong", count=1)
    owner.press("Change")
    owner.expect("Send me the message")
    owner.say("Better")
    both(owner)
    owner.say("Best")
    copy, screen = both(owner)
    assert copy.text == "Best"
    owner.press_data(first.id, f"a-b-send:{id_of(first)}", forged=True)
    owner.expect("no longer waiting")
    assert id_of(screen) != id_of(first)
    send(owner, screen)
    user.expect("Best")
    until(owner, "Sent to everybody: 1")
    assert shop.value("SELECT count(*) FROM broadcasts") == 1


def test_not_now_sends_nothing(shop: Shop, owner: Person) -> None:
    [user] = users(shop, 1)
    screen = compose(owner, count=1)
    owner.press("Not now")
    assert owner.expect("Nothing was sent.").buttons == []
    owner.press_data(screen.id, f"a-b-send:{id_of(screen)}", forged=True)
    owner.expect("no longer waiting")
    owner.say("Hello?")
    owner.expect("I don't know that one.")
    assert got(user) == []
    assert shop.sql("SELECT * FROM broadcasts") == []


def test_cancelled_by_command_it_cannot_be_sent_any_more(shop: Shop, owner: Person) -> None:
    [user] = users(shop, 1)
    screen = compose(owner, count=1)
    owner.say("/cancel")
    owner.expect("Cancelled.")
    owner.press_data(screen.id, f"a-b-send:{id_of(screen)}")
    owner.expect("no longer waiting")
    shop.wait_until_idle()
    assert got(user) == []


def test_what_cannot_be_sent_is_asked_for_again(shop: Shop, owner: Person) -> None:
    users(shop, 1)
    owner.say("/broadcast")
    owner.expect("Send me the message")
    me = {"id": owner.id, "first_name": "Olga", "is_bot": False}
    said = {"date": 1, "chat": me | {"type": "private"}, "from": me}
    photo = [{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}]
    shop.emulator.send_updates({"message": said | {"message_id": 500, "photo": photo, "media_group_id": "1"}})
    owner.expect("no album")
    payment = {"currency": "XTR", "total_amount": 1, "invoice_payload": "x"}
    charges = {"telegram_payment_charge_id": "x", "provider_payment_charge_id": "x"}
    shop.emulator.send_updates({"message": said | {"message_id": 502, "successful_payment": payment | charges}})
    owner.expect("does not let me copy")
    assert shop.sql("SELECT * FROM broadcasts") == []
    owner.say("Sale!")
    both(owner)
    assert shop.value("SELECT count(*) FROM broadcasts") == 1


def test_without_users_there_is_nobody_to_send_it_to(shop: Shop, owner: Person) -> None:
    owner.say("/broadcast")
    owner.expect("Send me the message")
    owner.say("Sale!")
    _, screen = both(owner)
    assert "nobody" in screen.text
    assert labels(screen) == ["Change", "Not now"]


def test_it_goes_on_where_its_progress_cannot_be_shown(shop: Shop, owner: Person) -> None:
    people = users(shop, 10)
    screen = compose(owner, count=10)
    shop.emulator.fail("editMessageText", 400, times=None, description="Bad Request: message to edit not found")
    broadcast_id = send(owner, screen)
    wait_for(lambda: shop.value(STATE, broadcast_id) == "done", "everybody has been tried")
    assert shop.sql(COUNTS, broadcast_id) == [(10, 10, 10, 0, 0)]
    assert [got(person) for person in people] == [["Sale!"]] * 10
    shop.wait_until_idle()
    shop.emulator.stop_failing()
    # The button is still there, and answers with what is true now.
    owner.press("Send to 10 users")
    owner.expect("Sent to everybody: 10")


def test_two_broadcasts_at_once_reach_everybody(slow_shop: Shop) -> None:
    owner, clerk = (slow_shop.emulator.person(admin, "Admin") for admin in (OWNER, CLERK))
    people = users(slow_shop, 12)
    screens = compose(owner, "From Olga", count=12), compose(clerk, "From Carl", count=12)
    send(owner, screens[0])
    send(clerk, screens[1])
    for admin in (owner, clerk):
        until(admin, "Sent to everybody: 12")
    assert [sorted(got(person)) for person in people] == [["From Carl", "From Olga"]] * 12


def test_messages_that_somebody_deletes_from_the_outbox_do_not_stop_it(slow_shop: Shop) -> None:
    owner = slow_shop.emulator.person(OWNER, "Olga")
    people = users(slow_shop, 30)
    broadcast_id = send(owner, compose(owner, count=30))
    wait_for(partial(is_sent, slow_shop, broadcast_id, 2), "some are sent")
    deleted = slow_shop.sql("DELETE FROM outbox WHERE state = 'pending' RETURNING chat_id")
    until(owner, "Sent to everybody")
    assert people[-1].id not in [chat_id for (chat_id,) in deleted]
    assert got(people[-1]) == ["Sale!"]
    assert slow_shop.value(STATE, broadcast_id) == "done"


def test_after_kills_in_the_middle_everybody_gets_it_and_the_counts_are_exact(slow_shop: Shop) -> None:
    shop = slow_shop
    owner = shop.emulator.person(OWNER, "Olga")
    people = users(shop, 50)
    people[20].block()
    shop.wait_until_idle()
    shop.sql("UPDATE users SET blocked_at = NULL")
    broadcast_id = send(owner, compose(owner, count=50))
    kills = (10, 30)
    for mark in kills:
        wait_for(partial(is_sent, shop, broadcast_id, mark), f"{mark} are sent")
        shop.bot.end(signal.SIGKILL)
        shop.bot.start()
    result = until(owner, "Sent to everybody: 50")
    assert result.text.splitlines()[1:] == ["Arrived: 49", "Have blocked me: 1", "Failed: 0"]
    assert shop.sql(COUNTS, broadcast_id) == [(50, 50, 49, 1, 0)]
    times = [len(got(person)) for person in people]
    assert times.pop(20) == 0
    assert min(times) == 1
    # What was just being sent may come twice.
    assert sum(times) - len(times) <= len(kills)


def test_while_the_database_is_cut_off_the_broadcast_waits(slow_shop: Shop) -> None:
    shop = slow_shop
    owner = shop.emulator.person(OWNER, "Olga")
    people = users(shop, 40)
    broadcast_id = send(owner, compose(owner, count=40))
    cuts = (5, 20)
    for mark in cuts:
        wait_for(partial(is_sent, shop, broadcast_id, mark), f"{mark} are sent")
        cut_off(shop)
    until(owner, "Sent to everybody: 40")
    assert shop.bot.running
    assert shop.sql(COUNTS, broadcast_id) == [(40, 40, 40, 0, 0)]
    times = [len(got(person)) for person in people]
    assert min(times) == 1
    assert sum(times) - len(times) <= len(cuts)


def test_a_confirmation_that_is_killed_and_handled_again_sends_once(shop: Shop, owner: Person) -> None:
    people = users(shop, 10)
    screen = compose(owner, count=10)
    # The press is committed, and its answer does not come.
    shop.emulator.fault(method="answerCallbackQuery", kind="delay", seconds=60, times=None)
    body = {"person_id": owner.id, "message_id": screen.id, "data": data(screen, "Send to 10 users")}
    shop.emulator.post("/control/presses", body)
    wait_for(lambda: shop.value(STATE, id_of(screen)) != "draft", "it is confirmed")
    shop.bot.end(signal.SIGKILL)
    shop.emulator.stop_failing()
    shop.bot.start()
    until(owner, "Sent to everybody: 10")
    shop.wait_until_idle()
    times = [len(got(person)) for person in people]
    assert min(times) == 1
    assert sum(times) <= 11
    assert shop.sql("SELECT sent, blocked, failed FROM broadcasts") == [(10, 0, 0)]
