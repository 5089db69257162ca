"""Several bots that work together, and which one of them leads."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence

from tests.integration.bot.chaos.trial import Trial
from tests.integration.bot.forked_bot import ForkedBot
from tests.waiting import wait_for

FROZEN_FOR = 60  # seconds until another one must lead


class Cluster:
    """Starts one after the other, so that each is known by the number that the database gives it."""

    def __init__(self, trial: Trial, bots: Sequence[ForkedBot]) -> None:
        self._trial = trial
        self._bots: dict[int, ForkedBot] = {}
        self._newest = 0
        for bot in bots:
            self.start(bot)

    def start(self, bot: ForkedBot) -> None:
        bot.start()
        newest = "SELECT max(id) FROM replicas WHERE id > $1"
        self._newest = wait_for(lambda: self._trial.observer.value(newest, self._newest), "the replica joins")
        self._bots[self._newest] = bot

    def end_leader(self, number: signal.Signals) -> tuple[ForkedBot, int, float]:
        """The one that led, its exit code, and how many seconds nobody led."""
        replica = wait_for(self._leading, "somebody leads")
        bot = self._bots.pop(replica)
        began = time.monotonic()
        code = bot.end(number)
        wait_for(self._leading, "another one leads")
        return bot, code, time.monotonic() - began

    def freeze_leader(self) -> tuple[ForkedBot, float]:
        """The one that led and does nothing from now on, and how many seconds nobody led."""
        replica = wait_for(self._leading, "somebody leads")
        bot = self._bots.pop(replica)
        began = time.monotonic()
        bot.freeze()
        wait_for(self._leading, "another one leads", FROZEN_FOR)
        return bot, time.monotonic() - began

    def _leading(self) -> int:
        """0 when there is none; one that has been ended does not count."""
        leading = [replica for (replica,) in self._trial.observer.fetch("SELECT id FROM replicas WHERE leads")]
        return next((replica for replica in leading if replica in self._bots), 0)
