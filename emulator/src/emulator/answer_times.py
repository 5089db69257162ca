"""How long people wait for an answer; nobody tells which message answers what, so the oldest question is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

ANSWER_EXPECTED = 60.0  # seconds; what the bot says later answers something else
IGNORED = 3.0  # seconds after which a confirmed update without an answer will get none


@dataclass(slots=True)
class _Question:
    update_id: int
    at: float  # seconds of the monotonic clock
    #: The bot has reacted otherwise than by a message.
    settled: bool = False


class AnswerTimes:
    def __init__(self) -> None:
        self._questions: list[_Question] = []

    def ask(self, update_id: int, now: float, is_waiting: Callable[[int], object]) -> None:
        """`is_waiting` tells whether the bot has yet to confirm an update."""
        self._questions = [
            question
            for question in self._questions
            if not question.settled and (now - question.at < IGNORED or is_waiting(question.update_id))
        ]
        self._questions.append(_Question(update_id, now))

    def settle(self, at: float) -> None:
        """What was asked at that moment may still be answered, but need not be."""
        for question in self._questions:
            question.settled = question.settled or question.at == at

    def answered(self, now: float) -> float | None:
        """Milliseconds since the oldest question, which is answered now; None without one."""
        while self._questions:
            since = now - self._questions.pop(0).at
            if since <= ANSWER_EXPECTED:
                return round(since * 1000, 1)
        return None
