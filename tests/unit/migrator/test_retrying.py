from __future__ import annotations

import asyncio

import pytest

from migrator import retrying
from migrator.errors import DatabaseUnreachable, MigrationFailed
from migrator.retrying import LONGEST_PAUSE, until_free


class Attempt:
    """Fails with these SQLSTATEs, one a try, then succeeds."""

    def __init__(self, *states: str | None) -> None:
        self._states = list(states)
        self.tries = 0

    async def __call__(self) -> None:
        self.tries += 1
        if self._states:
            failure = MigrationFailed("001_a.sql:1:1: in the way")
            failure.sqlstate = self._states.pop(0)
            raise failure


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Those that would have been made."""
    made: list[float] = []

    async def sleep(seconds: float) -> None:
        made.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return made


async def test_what_succeeds_is_done_once(pauses: list[float]) -> None:
    attempt = Attempt()
    await until_free(attempt, 60, "001_a.sql")
    assert (attempt.tries, pauses) == (1, [])


async def test_what_others_block_is_tried_again_after_growing_pauses(pauses: list[float]) -> None:
    attempt = Attempt(*["55P03", "40P01"] * 4)
    await until_free(attempt, 60, "001_a.sql")
    assert attempt.tries == 9
    assert pauses[0] < pauses[3] < LONGEST_PAUSE * 1.5
    assert all(0 < pause <= LONGEST_PAUSE * 1.5 for pause in pauses)


@pytest.mark.parametrize("state", ["42P01", "40001", "57014", None])
async def test_any_other_failure_is_final(pauses: list[float], state: str | None) -> None:
    attempt = Attempt(state)
    with pytest.raises(MigrationFailed) as caught:
        await until_free(attempt, 60, "001_a.sql")
    assert str(caught.value) == "001_a.sql:1:1: in the way"
    assert (attempt.tries, pauses) == (1, [])


async def test_a_lost_connection_is_final(pauses: list[float]) -> None:
    async def attempt() -> None:
        raise DatabaseUnreachable("lost")

    with pytest.raises(DatabaseUnreachable):
        await until_free(attempt, 60, "001_a.sql")
    assert pauses == []


async def test_without_time_it_is_tried_once_and_the_way_out_told(pauses: list[float]) -> None:
    attempt = Attempt("55P03")
    with pytest.raises(MigrationFailed) as caught:
        await until_free(attempt, 0, "001_a.sql")
    assert attempt.tries == 1
    first, advice = str(caught.value).split("\n")
    assert first == "001_a.sql:1:1: in the way"
    assert advice.startswith("Tried once within 0 s. Look in pg_stat_activity for a long transaction")


async def test_it_stops_before_a_pause_that_would_outlast_its_time(
    pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrying, "SHORTEST_PAUSE", 0.001)
    monkeypatch.setattr(retrying, "LONGEST_PAUSE", 100.0)
    attempt = Attempt(*["55P03"] * 100)
    with pytest.raises(MigrationFailed, match=r"Tried \d+ times within 1 s"):
        await until_free(attempt, 1, "001_a.sql")
    assert 2 < attempt.tries < 14
    assert max(pauses) <= 1
