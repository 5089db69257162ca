from __future__ import annotations

import pytest

from tests.integration.bot.chaos.examination import Findings, examine

SAID = {1: ["n 1", "n 2", "effect 3"], 2: ["n 1"]}
DUE = {(1, 3)}
WELL = {1: ["n 1", "n 2", "effect 3"], 2: ["n 1"]}


def test_what_is_well_is_found_well() -> None:
    assert examine(SAID, WELL, DUE, [(1, 3)]) == Findings([], [], {}, {}, 0)


def test_the_newest_answer_again_is_a_repeat_and_no_more() -> None:
    found = examine(SAID, {**WELL, 1: ["n 1", "n 2", "n 2", "n 2", "effect 3"]}, DUE, [(1, 3)])
    assert (found.repeats, found.broken) == (2, "")


@pytest.mark.parametrize(
    ("answers", "broken"),
    [
        (["n 1", "effect 3"], "1 unanswered: [(1, 'n 2')]"),
        (["n 2", "n 1", "effect 3"], "1 out of order: [(1, ['n 2', 'n 1', 'effect 3'])]"),
        (["n 1", "n 2", "n 1", "effect 3"], "1 out of order: [(1, ['n 1', 'n 2', 'n 1', 'effect 3'])]"),
        (["n 1", "n 2", "Sorry", "effect 3"], "1 not asked for: [(1, 'Sorry')]"),
    ],
)
def test_an_answer_that_is_missing_misplaced_or_strange_is_found(answers: list[str], broken: str) -> None:
    assert examine(SAID, {**WELL, 1: answers}, DUE, [(1, 3)]).broken == broken


def test_a_chat_without_any_answer_is_found() -> None:
    assert examine(SAID, {1: WELL[1]}, DUE, [(1, 3)]).unanswered == [(2, "n 1")]


@pytest.mark.parametrize(
    ("effects", "found"),
    [([], {(1, 3): 0}), ([(1, 3), (1, 3)], {(1, 3): 2}), ([(1, 3), (1, 4)], {(1, 4): 1})],
)
def test_an_effect_that_did_not_take_place_once_is_found(
    effects: list[tuple[int, int]], found: dict[tuple[int, int], int]
) -> None:
    assert examine(SAID, WELL, DUE, effects).effects == found
