from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.calls import Call, Due
from bot.outgoing.candidates import Candidates

START = datetime(2026, 1, 1, tzinfo=UTC)


def due(number: int, chat_id: int, bulk: bool = False, after: int = 0) -> Due:
    return Due(number, chat_id, Call("sendMessage", {}), 0, bulk, START + timedelta(seconds=after))


def ids(candidates: Candidates) -> list[int]:
    return [message.id for message in candidates]


def test_each_chat_has_one_and_all_are_in_order() -> None:
    candidates = Candidates()
    candidates.add([due(2, 5), due(3, 6), due(4, 5), due(9, 7, bulk=True)], complete=True)
    candidates.add([due(1, 8), due(5, 9, bulk=True, after=-1), due(6, 10, after=1)], complete=True)
    assert ids(candidates) == [1, 2, 3, 6, 5, 9]
    assert candidates.chats == [8, 5, 6, 10, 9, 7]
    assert not candidates.incomplete


def test_there_may_be_more_where_not_all_was_seen() -> None:
    candidates = Candidates()
    assert candidates.incomplete
    candidates.add([due(1, 5)], complete=False)
    assert candidates.incomplete


def test_there_is_more_where_a_chat_had_another() -> None:
    candidates = Candidates()
    messages = [due(1, 5), due(2, 5), due(3, 6)]
    candidates.add(messages, complete=True)
    known = [candidates.incomplete]
    for message in (messages[2], messages[0]):
        candidates.take(message)
        known.append(candidates.incomplete)
    candidates.add(messages[1:2], complete=True)
    candidates.take(messages[1])
    assert [*known, candidates.incomplete] == [False, False, True, False]
    assert len(candidates) == 0


def test_what_has_changed_is_looked_for_again() -> None:
    candidates = Candidates()
    candidates.add([due(1, 5), due(2, 6)], complete=True)
    candidates.drop(5)
    candidates.drop(7)
    assert ids(candidates) == [2]
    assert candidates.incomplete
    candidates.clear()
    assert ids(candidates) == []
