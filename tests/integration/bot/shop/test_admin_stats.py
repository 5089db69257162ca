"""What admins are told of the shop: the figures as text, and a picture of them."""

from __future__ import annotations

import io
import json
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from emulator.client import Answer, Person
from tests.integration.bot.shop.conftest import CLERK, OWNER, Shop
from tests.integration.postgres import ROOT
from tests.waiting import wait_for

INSTANT = timedelta(microseconds=1)
#: Starting a process takes its time on a busy machine.
LONG = 60.0  # seconds

NOTHING = "€0.00 · 0 orders · 0 new users"


@pytest.fixture(scope="module")
def shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop(HANDLER_TIMEOUT_SECONDS="90")


@pytest.fixture(autouse=True)
def empty(shop: Shop) -> None:
    shop.sql("TRUNCATE order_events, order_items, orders, cart_items, users")


@pytest.fixture
def owner(owner: Person) -> Person:
    """Who has read what was said before."""
    owner.read(wait=0)
    return owner


@pytest.fixture
def clerk(clerk: Person) -> Person:
    clerk.read(wait=0)
    return clerk


def zone_in_which_it_is(hour: int) -> ZoneInfo:
    """Apart from the minutes: no day ends while a test runs. East of Greenwich the names have a minus."""
    behind = datetime.now(UTC).hour - hour
    return ZoneInfo(f"Etc/GMT{(behind + 11) % 24 - 11:+d}")


def live_in(shop: Shop, user_id: int, zone: ZoneInfo, language: str = "en") -> None:
    """As a user of long ago."""
    settings = json.dumps({"time_zone": zone.key, "language": language})
    shop.sql(
        "INSERT INTO users (id, first_name, settings, created_at) VALUES ($1, 'Olga', $2, '2020-01-01Z')",
        *(user_id, settings),
    )


def place(shop: Shop, moment: datetime, total: int = 1000, status: str = "placed", currency: str = "EUR") -> None:
    query = "INSERT INTO orders (placed_at, total, status, currency) VALUES ($1, $2, $3, $4)"
    shop.sql(query, moment, total, status, currency)


def ask(person: Person, text: str = "/stats") -> Answer:
    person.say(text)
    return person.expect(wait=LONG)


def figures(answer: Answer) -> list[str]:
    """Of today, the last 7 and the last 30 days."""
    lines = answer.text.splitlines()
    return [lines[lines.index(name) + 1] for name in ("Today", "Last 7 days", "Last 30 days")]


def download(shop: Shop, answer: Answer) -> Image.Image:
    unique_id = answer.message["photo"][-1]["file_unique_id"]
    with urllib.request.urlopen(f"{shop.telegram.url}/control/files/{unique_id}") as response:
        return Image.open(io.BytesIO(response.read()))


def test_the_days_are_those_of_the_admins_zone(shop: Shop, owner: Person) -> None:
    zone = zone_in_which_it_is(12)
    live_in(shop, OWNER, zone)
    today = datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    begins = {days: today - timedelta(days=days - 1) for days in (1, 7, 30)}
    for number, begin in enumerate(begins.values(), 1):
        place(shop, begin, 10 ** (2 * number))
        place(shop, begin - INSTANT, 5 * 10 ** (2 * number))
        shop.sql("INSERT INTO users (id, first_name, created_at) VALUES ($1, 'A', $2)", number, begin)
        shop.sql("INSERT INTO users (id, first_name, created_at) VALUES ($1, 'B', $2)", 10 * number, begin - INSTANT)
    answer = ask(owner)
    assert figures(answer) == [
        "€1.00 · 1 order · 1 new user",
        "€106.00 · 3 orders · 3 new users",
        "€10,606.00 · 5 orders · 5 new users",
    ]
    assert "Users: 7" in answer.text
    assert shop.failed() == []


def test_each_admin_has_days_of_their_own(shop: Shop, owner: Person, clerk: Person) -> None:
    live_in(shop, OWNER, zone_in_which_it_is(6))
    live_in(shop, CLERK, zone_in_which_it_is(17))
    place(shop, datetime.now(UTC) - timedelta(hours=10))
    assert figures(ask(owner))[:2] == [NOTHING, "€10.00 · 1 order · 0 new users"]
    assert figures(ask(clerk))[:2] == ["€10.00 · 1 order · 0 new users"] * 2


def test_cancelled_orders_are_left_out_and_other_money_is_not_summed(shop: Shop, owner: Person) -> None:
    live_in(shop, OWNER, zone_in_which_it_is(12))
    for status in ("placed", "confirmed", "shipped", "delivered", "cancelled"):
        place(shop, datetime.now(UTC), status=status)
    place(shop, datetime.now(UTC), currency="USD")
    assert figures(ask(owner)) == ["€40.00 · 5 orders · 0 new users"] * 3


def test_the_picture_is_as_wide_as_a_phone_shows(shop: Shop, owner: Person) -> None:
    place(shop, datetime.now(UTC))
    sent = len(shop.emulator.calls("sendPhoto"))
    answer = ask(owner)
    with download(shop, answer) as picture:
        assert picture.size == (1080, 1080)
        colours = picture.convert("RGB").resize((90, 90)).getcolors(90 * 90)
    assert colours is not None
    assert len(colours) > 10, "there is something on it"
    assert len(shop.emulator.calls("sendPhoto")) == sent + 1


def test_an_admin_reads_it_in_their_language(shop: Shop, owner: Person) -> None:
    live_in(shop, OWNER, zone_in_which_it_is(12), language="de")
    place(shop, datetime.now(UTC), 123_456_789)
    assert "1.234.567,89\xa0€" in ask(owner).text


def test_a_shop_in_which_nothing_has_happened_yet(shop: Shop, owner: Person) -> None:
    answer = ask(owner)
    assert figures(answer) == [NOTHING] * 3
    assert answer.message["photo"]


def test_a_press_brings_a_new_message_and_leaves_the_other_as_it_is(shop: Shop, owner: Person) -> None:
    message = ask(owner, "/help")
    owner.press_data(message.id, "a-stats", forged=True, wait=LONG)
    shown = owner.expect("Today", wait=LONG)
    assert shown.message["photo"]
    assert shown.id > message.id


def test_whoever_asks_again_and_again_is_answered_as_often(shop: Shop, owner: Person, clerk: Person) -> None:
    times = 3
    for _ in range(times):
        owner.say("/stats")
        clerk.say("/stats")
    shop.wait_until_idle()
    for admin in (owner, clerk):
        assert [figures(answer) for answer in admin.read()] == [[NOTHING] * 3] * times
    assert shop.failed() == []


def test_to_others_there_is_no_such_thing(shop: Shop, customer: Person) -> None:
    answer = ask(customer)
    assert answer.text == "I don't know that one. /help lists what I can do."
    customer.press_data(answer.id, "a-stats", forged=True)
    shop.wait_until_idle()
    assert customer.read(wait=0) == []


class Sabotaged:
    """A shop whose bot finds another matplotlib than the real one."""

    def __init__(self, open_shop: Callable[..., Shop], folder: Path, module: str) -> None:
        self.traces = folder / "traces"
        (folder / "matplotlib").mkdir()
        (folder / "matplotlib/__init__.py").write_text(f"import os, time\nTRACES = {str(self.traces)!r}\n{module}")
        path = f"{folder}:{ROOT / 'services/bot/src'}"
        self.shop = open_shop(PYTHONPATH=path, HANDLER_TIMEOUT_SECONDS="6")

    def ask(self) -> Answer:
        return ask(self.shop.emulator.person(OWNER, "Olga"))

    def reason(self) -> str:
        """Why there was no picture, as the log tells it."""
        logged = [json.loads(line) for line in self.shop.bot.said.splitlines()]
        (event,) = [event for event in logged if event["event"] == "chart failed"]
        return str(event["reason"])


def test_without_a_chart_there_are_the_figures(open_shop: Callable[..., Shop], tmp_path: Path) -> None:
    sabotaged = Sabotaged(
        open_shop, tmp_path, "open(TRACES, 'w').write(repr(dict(os.environ)))\nraise ImportError('no')"
    )
    answer = sabotaged.ask()
    assert answer.text.startswith("The chart could not be drawn this time; here are the figures.")
    assert figures(answer) == [NOTHING] * 3
    assert "photo" not in answer.message
    assert "ImportError: no" in sabotaged.reason()
    environment = sabotaged.traces.read_text()
    assert "PYTHONPATH" in environment
    for secret in ("BOT_TOKEN", "DATABASE"):
        assert secret not in environment


def test_a_chart_that_does_not_come_to_an_end_is_ended(open_shop: Callable[..., Shop], tmp_path: Path) -> None:
    sabotaged = Sabotaged(open_shop, tmp_path, "open(TRACES, 'w').write(str(os.getpid()))\ntime.sleep(3600)")
    answer = sabotaged.ask()
    assert figures(answer) == [NOTHING] * 3
    assert "not drawn in 4 s" in sabotaged.reason()
    process = Path("/proc") / sabotaged.traces.read_text()
    wait_for(lambda: not process.exists(), "the process is gone")
    assert sabotaged.shop.failed() == []


def test_a_chart_for_which_there_is_no_memory_is_no_obstacle(open_shop: Callable[..., Shop], tmp_path: Path) -> None:
    sabotaged = Sabotaged(open_shop, tmp_path, "os.kill(os.getpid(), 9)")
    assert figures(sabotaged.ask()) == [NOTHING] * 3
    assert "exit code -9" in sabotaged.reason()
