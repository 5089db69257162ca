"""How long people wait for an answer; nobody tells which message answers what, so the oldest question is taken."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

ANSWER_EXPECTED = 60.0  # seconds; what the bot says later answers something else
MOST_QUESTIONS = 100  # of one chat; the older ones are forgotten
IGNORED = 3.0  # seconds after which a confirmed update without an answer will get none


@dataclass(slots=True)
class _Question:
    update_id: int
    at: float  # seconds of the monotonic clock
    #: The bot has reacted otherwise than by a message.
    settled: bool = False


class AnswerTimes:
    def __init__(self) -> None:
        self._questions: deque[_Question] = deque(maxlen=MOST_QUESTIONS)

    def ask(self, update_id: int, now: float, is_waiting: Callable[[int], object]) -> None:
        """`is_waiting` tells whether the bot has yet to confirm an update."""
        while self._questions and self._is_over(self._questions[0], now, is_waiting):
            self._questions.popleft()
        self._questions.append(_Question(update_id, now))

    def _is_over(self, question: _Question, now: float, is_waiting: Callable[[int], object]) -> bool:
        return question.settled or (now - question.at >= IGNORED and not is_waiting(question.update_id))

    def settle(self, at: float) -> None:
        """What was asked at that moment may still be answered, but need not be."""
        for question in self._questions:
            question.settled = question.settled or question.at == at

    def answered(self, now: float) -> float | None:
        """Milliseconds since the oldest question, which is answered now; None without one."""
        while self._questions:
            since = now - self._questions.popleft().at
            if since <= ANSWER_EXPECTED:
                return round(since * 1000, 1)
        return None
