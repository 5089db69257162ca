"""A broadcast whose sender is killed again and again."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path

from bot.storage.database import Database
from emulator.client import Emulator, Json
from tests.hostile import PASSWORD
from tests.integration.bot.processes import TOKEN, EmulatorProcess, Process
from tests.integration.bot.sending import Outbox, eventually, text
from tests.integration.conftest import TestDatabase
from tests.integration.postgres import ROOT

RECIPIENTS = range(1, 10_001)
BLOCKING = range(50, 10_001, 50)
GROUPS = (-1, -2)
IN_A_GROUP = 30
SENT = len(RECIPIENTS) + len(GROUPS) * IN_A_GROUP
PER_SECOND = 400
PER_GROUP_MINUTE = 40
KILLS = 5


def introduce_everybody(emulator: Emulator) -> None:
    for start in range(0, len(RECIPIENTS), 1000):
        emulator.send_updates(*(_start(number) for number in RECIPIENTS[start : start + 1000]))
    for number in BLOCKING:
        emulator.request("PATCH", f"/control/people/{number}", {"blocked": True})
    for group in GROUPS:
        emulator.post("/control/groups", {"id": group, "title": "Group", "members": [1]})


def _start(number: int) -> Json:
    person = {"id": number, "first_name": "Somebody"}
    message = {"message_id": 1, "date": 1, "chat": person | {"type": "private"}, "from": person, "text": "/start"}
    return {"message": message}


def most_within(times: list[float], seconds: float) -> int:
    first = most = 0
    for last, at in enumerate(times):
        while times[first] <= at - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def calls_reach(emulator: Emulator, number: int) -> Callable[[], Awaitable[bool]]:
    async def reached() -> bool:
        return bool(emulator.counts()["calls"] >= number)

    return reached


async def is_done(outbox: Outbox) -> bool:
    return bool(await outbox.value("SELECT NOT EXISTS (SELECT FROM outbox WHERE state = 'pending')"))


async def test_a_sender_that_is_killed_forgets_nobody_and_keeps_to_the_limits(
    storage: Database,
    database: TestDatabase,
    telegram: EmulatorProcess,
    processes: ExitStack,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    emulator, outbox = telegram.client, Outbox(storage)
    introduce_everybody(emulator)
    emulator.enforce_rate_limits(messages_per_second=PER_SECOND, messages_per_group_minute=PER_GROUP_MINUTE)
    await outbox.execute(
        "INSERT INTO users (id, first_name) SELECT number, 'x' FROM generate_series(1, 10000) AS number"
    )
    await outbox.add(*(text(group, f"{number}", bulk=True) for number in range(IN_A_GROUP) for group in GROUPS))
    await outbox.add(*(text(number, "News", bulk=True) for number in RECIPIENTS))
    sender = processes.enter_context(
        Process(
            tmp_path / "sender.log",
            "tests.integration.bot.sending_bot",
            PYTHONPATH=f"{ROOT / 'services/bot/src'}:{ROOT}",
            BOT_TOKEN=TOKEN,
            BOT_API_URL=telegram.url,
            DATABASE_URL=database.url("bot"),
            DATABASE_PASSWORD=PASSWORD,
            PER_SECOND=str(PER_SECOND),
            PER_GROUP_MINUTE=str(PER_GROUP_MINUTE),
            CONCURRENCY="1",
        )
    )
    began = time.monotonic()
    sender.start()
    for mark in sorted(random.sample(range(1, SENT), KILLS)):
        await eventually(calls_reach(emulator, mark), f"call {mark}", timeout=300)
        sender.end(signal.SIGKILL)
        sender.start()
    await eventually(lambda: is_done(outbox), "the broadcast is done", timeout=300)
    seconds = time.monotonic() - began
    assert sender.end(signal.SIGTERM) == 0

    calls = emulator.calls("sendMessage")
    statuses = Counter(call["status"] for call in calls)
    times = Counter((call["parameters"]["chat_id"], call["parameters"]["text"]) for call in calls)
    repeats = sum(times.values()) - len(times)
    assert len(times) == SENT
    assert statuses.keys() == {200, 403}
    assert repeats <= KILLS

    states = Counter(await outbox.states())
    assert states == {"sent": SENT - len(BLOCKING), "blocked": len(BLOCKING)}
    assert await outbox.value("SELECT array_agg(id ORDER BY id) FROM users WHERE blocked_at IS NOT NULL") == [*BLOCKING]
    assert await outbox.value("SELECT array_agg(chat_id ORDER BY chat_id) FROM outbox WHERE state = 'blocked'") == [
        *BLOCKING
    ]

    taken = sorted((call["parameters"]["chat_id"], call["at"]) for call in calls)
    by_chat = {chat: [at for _, at in group] for chat, group in groupby(taken, key=lambda call: call[0])}
    busiest_second = most_within(sorted(call["at"] for call in calls), 1.0)
    busiest_minute = max(most_within(by_chat[group], 60.0) for group in GROUPS)
    assert busiest_second <= PER_SECOND
    assert busiest_minute <= PER_GROUP_MINUTE
    assert max(most_within(times, 1.0) for times in by_chat.values()) == 1
    for group in GROUPS:
        got = [call["parameters"]["text"] for call in calls if call["parameters"]["chat_id"] == group]
        assert list(dict.fromkeys(got)) == [str(number) for number in range(IN_A_GROUP)]
    record_property(
        "table",
        f"messages {SENT:,}, kills {KILLS}, repeated {repeats}, 429 answers {statuses[429]}, "
        f"most in a second {busiest_second} of {PER_SECOND}, to a group in a minute {busiest_minute} of "
        f"{PER_GROUP_MINUTE}, blocked and marked {states['blocked']}, {seconds:.0f} s",
    )
