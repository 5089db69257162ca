"""`python -m bot failed`, as an operator calls it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from bot.domain.calls import Call
from bot.domain.inbox import Arrival
from bot.storage.database import Database
from tests.hostile import PASSWORD, PASSWORD_MARK
from tests.integration.bot.processes import TOKEN, free_port
from tests.integration.bot.receiving import Inbox, arrival, update_ids
from tests.integration.conftest import TestDatabase
from tests.integration.postgres import ROOT

#: Each steers a terminal: clears it, names it, sets its colour in one byte, turns text around, starts a line anew.
STEERING = "\x1b[2J \x1b]0;name\x07 \x9b31m \u202e \r \x08 \u2028"
PRINTABLE = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e]*")


@dataclass
class Said:
    code: int
    out: str
    err: str


Failed = Callable[..., Said]


def run(database_url: str, *arguments: str, **environment: str) -> Said:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "failed", *arguments],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "services/bot/src"),
            "PYTHONIOENCODING": "utf-8",
            "BOT_TOKEN": TOKEN,
            "DATABASE_URL": database_url,
            "DATABASE_PASSWORD": PASSWORD,
            **environment,
        },
        capture_output=True,
        check=False,
        timeout=60,
    )
    said = Said(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in said.err
    assert PASSWORD_MARK not in said.out + said.err
    assert TOKEN not in said.out + said.err
    return said


@pytest.fixture
def failed(database: TestDatabase) -> Failed:
    return lambda *arguments: run(database.url("bot"), *arguments)


@pytest.fixture
def inbox(storage: Database) -> Inbox:
    return Inbox(storage)


async def fail(inbox: Inbox, arrivals: Sequence[Arrival], error: str = "ValueError: no\nTraceback …") -> list[int]:
    """Their ids."""
    replica = await inbox.join()
    await inbox.receive(*arrivals)
    ids = []
    while claims := await inbox.store.claim(replica, 100):
        for claimed in claims:
            await inbox.store.fail(claimed, error, [])
            ids.append(claimed.id)
    return sorted(ids)


def test_a_good_day_says_so(failed: Failed) -> None:
    assert failed("list") == Said(0, "Nothing has failed.\n", "")


async def test_the_list_has_a_line_for_each_and_the_newest_first(inbox: Inbox, failed: Failed) -> None:
    ids = await fail(inbox, [arrival(5, -7), arrival(6, 8), arrival(7, 9)])
    said = failed("list")
    head, *lines = said.out.splitlines()
    assert head.split() == ["ID", "failed", "at", "(UTC)", "chat", "tries", "error"]
    assert [line.split()[0] for line in lines] == [str(number) for number in reversed(ids)]
    assert re.fullmatch(r" *\d+  [\d-]{10} [\d:]{8} +-7 +1  ValueError: no", lines[-1])
    assert (said.code, said.err) == (0, "")
    assert len(failed("list", "--limit", "2").out.splitlines()) == 1 + 2


async def test_one_is_shown_with_its_error_and_its_content(inbox: Inbox, failed: Failed) -> None:
    [failed_id] = await fail(inbox, [arrival(5, -7, message={"text": "é"})])
    said = failed("show", str(failed_id))
    assert (said.code, said.err) == (0, "")
    assert re.search(r"^update: +5\nchat: +-7\n", said.out, re.MULTILINE)
    assert "\nValueError: no\nTraceback …\n" in said.out
    assert r'"text": "\u00e9"' in said.out


async def test_replayed_updates_come_again_and_their_answer_with_them(inbox: Inbox, failed: Failed) -> None:
    ids = await fail(inbox, [arrival(number, number) for number in (1, 2, 3)])
    await inbox.execute(
        "UPDATE failed_updates SET answer = $1 WHERE update_id = 3", '{"method": "x", "parameters": {}}'
    )
    assert failed("replay", str(ids[0]), str(ids[2]), str(ids[2])) == Said(0, "2 handed to the bot again.\n", "")
    claims = await inbox.store.claim(await inbox.join(), 10)
    assert sorted(update_ids(claims)) == [1, 3]
    assert {claimed.update_id: claimed.answer for claimed in claims} == {1: None, 3: Call("x", {})}
    assert failed("replay", "--all") == Said(0, "1 handed to the bot again.\n", "")
    assert failed("replay", "--all") == Said(0, "0 handed to the bot again.\n", "")


async def test_a_replay_wakes_the_bot(inbox: Inbox, failed: Failed, database: TestDatabase) -> None:
    await fail(inbox, [arrival(1, 1)])
    heard: list[str] = []
    listener = await database.connect("bot")
    await listener.add_listener("orderly_inbox", lambda *said: heard.append(said[2]))
    failed("replay", "--all")
    await listener.execute("SELECT 1")
    await listener.close()
    assert heard == ["orderly_inbox"]


async def test_dropped_updates_are_gone(inbox: Inbox, failed: Failed) -> None:
    ids = await fail(inbox, [arrival(number, number) for number in (1, 2, 3)])
    assert failed("drop", str(ids[1])) == Said(0, "1 dropped.\n", "")
    assert failed("drop", "--all") == Said(0, "2 dropped.\n", "")
    assert failed("list").out == "Nothing has failed.\n"
    assert await inbox.value("SELECT count(*) FROM inbox") == 0


@pytest.mark.parametrize("action", ["show", "replay", "drop"])
async def test_an_unknown_id_is_an_error_and_the_known_are_done_all_the_same(
    inbox: Inbox, failed: Failed, action: str
) -> None:
    [known] = await fail(inbox, [arrival(1, 1)])
    unknown = str(2**63 - 1)
    said = failed(action, *([unknown] if action == "show" else [str(known), unknown]))
    assert said.code == 1
    assert said.err.startswith("bot: ")
    assert "`failed list` shows what there is" in said.err
    assert said.out == {"show": "", "replay": "1 handed to the bot again.\n", "drop": "1 dropped.\n"}[action]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["forget"],
        ["show"],
        ["show", "1", "2"],
        ["show", "0"],
        ["show", "-1"],
        ["show", str(2**63)],
        ["show", "9" * 5000],
        ["show", "\x1b[2J"],
        ["show", "٣"],
        ["replay"],
        ["drop"],
        ["drop", "one"],
        ["drop", "1", "--all"],
        ["list", "--limit", "0"],
    ],
    ids=lambda arguments: " ".join(arguments)[:20].encode("unicode_escape").decode() or "nothing",
)
def test_what_is_no_command_is_not_carried_out(arguments: list[str]) -> None:
    said = run("postgresql://bot@127.0.0.1:1/nowhere", *arguments)
    assert said.code == 2
    assert said.out == ""
    assert said.err.startswith("usage: bot")
    assert PRINTABLE.fullmatch(said.err)


async def test_nothing_in_an_update_or_an_error_steers_the_terminal(inbox: Inbox, failed: Failed) -> None:
    hostile = Arrival(1, 1, '{"update_id": 1, "text": "\\u001b[2J \x9b31m \u202e \u2028"}')
    unreadable = Arrival(2, 2, f'{{"update_id": 2, "text": "\x9b31m \u202e", "number": {"9" * 5000}}}')
    deep = Arrival(3, 3, f'{{"update_id": 3, "text": "\x9b31m \u202e", "deep": {"[" * 1500}{"]" * 1500}}}')
    ids = await fail(inbox, [hostile, unreadable, deep], f"ValueError: é {STEERING}\n  line {STEERING}")
    shown = [failed("list"), *(failed("show", str(failed_id)) for failed_id in ids)]
    for said in shown:
        assert said.code == 0
        assert PRINTABLE.fullmatch(said.out)
        assert r"ValueError: é \x1b[2J \x1b]0;name\x07 \x9b31m \u202e \r \x08 \u2028" in said.out
    for said in shown[1:]:
        assert "\n  line " in said.out
        assert r"9b31m \u202e" in said.out


def test_a_wrong_setting_is_said_in_a_line(database: TestDatabase) -> None:
    said = run(database.url("bot"), "list", BOT_TOKEN="nonsense")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("bot: BOT_TOKEN: ")


def test_a_database_that_refuses_is_said_at_once(database: TestDatabase) -> None:
    said = run(database.url("bot"), "list", DATABASE_PASSWORD="wrong")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("bot: The database refuses the bot")


def test_a_database_that_is_away_is_waited_for_and_then_said() -> None:
    said = run(f"postgresql://bot@127.0.0.1:{free_port()}/nowhere", "drop", "--all")
    assert (said.code, said.out) == (1, "")
    assert said.err.endswith("bot: the database does not answer within 10 s: look at `docker compose ps`\n")


def test_an_older_schema_is_told(empty_database: TestDatabase) -> None:
    said = run(empty_database.url("bot"), "list")
    assert said.code == 1
    assert "run the migrator" in said.err
