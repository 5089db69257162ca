from __future__ import annotations

from emulator.answer_times import AnswerTimes


def asked(*moments: float, waiting: bool = True) -> AnswerTimes:
    times = AnswerTimes()
    for number, moment in enumerate(moments):
        times.ask(number, moment, lambda _: waiting)
    return times


def test_the_oldest_question_is_answered_first() -> None:
    times = asked(10.0, 11.0)
    assert [times.answered(12.0), times.answered(12.5), times.answered(13.0)] == [2000.0, 1500.0, None]


def test_what_the_bot_has_passed_over_gets_no_answer_later() -> None:
    assert asked(10.0, 20.0, waiting=False).answered(20.5) == 500.0


def test_what_waits_for_the_bot_is_waited_for() -> None:
    assert asked(10.0, 20.0).answered(20.5) == 10_500.0


def test_after_a_minute_an_answer_is_to_something_else() -> None:
    assert asked(10.0).answered(71.0) is None


def test_a_press_that_was_answered_may_still_bring_a_message() -> None:
    times = asked(10.0)
    times.settle(10.0)
    assert times.answered(10.5) == 500.0


def test_a_press_that_was_answered_does_not_stand_in_the_way_of_the_next_question() -> None:
    times = asked(10.0)
    times.settle(10.0)
    times.ask(2, 11.0, lambda _: True)
    assert times.answered(11.5) == 500.0
