from __future__ import annotations

from math import inf

from bot.outgoing.pauses import AT_ONCE, Pauses


def test_nobody_waits_unasked() -> None:
    assert Pauses().over_at() == Pauses().over_at(1) == -inf


def test_a_pause_is_for_the_chat_alone() -> None:
    pauses = Pauses()
    assert not pauses.add(1, 30, now=100)
    assert not pauses.add(1, 60, now=100.5)
    assert (pauses.over_at(1), pauses.over_at(2), pauses.over_at()) == (160.5, -inf, -inf)


def test_two_chats_at_once_mean_a_pause_for_all() -> None:
    pauses = Pauses()
    pauses.add(1, 30, now=100)
    assert pauses.add(2, 5, now=100 + AT_ONCE)
    assert pauses.over_at() == pauses.over_at(3) == 105 + AT_ONCE
    assert pauses.over_at(1) == 130


def test_two_chats_one_after_the_other_do_not() -> None:
    pauses = Pauses()
    pauses.add(1, 30, now=100)
    assert not pauses.add(2, 5, now=100.1 + AT_ONCE)
    assert pauses.over_at() == -inf


def test_a_pause_for_all_is_not_cut_short() -> None:
    pauses = Pauses()
    pauses.add(1, 30, now=100)
    pauses.add(2, 60, now=100)
    pauses.add(1, 1, now=100.5)
    assert pauses.over_at() == 160


def test_what_is_over_is_forgotten() -> None:
    pauses = Pauses()
    for chat in range(1000):
        pauses.add(chat, 1, now=10.0 * chat)
    assert len(pauses._chats) == 1
