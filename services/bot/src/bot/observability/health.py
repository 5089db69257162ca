from __future__ import annotations

from bot.errors import StorageUnavailable
from bot.storage.database import Database


class Health:
    """What keeps the bot from serving, by component; empty means ready."""

    def __init__(self) -> None:
        self._database: Database | None = None
        self._problems: dict[str, str] = {"bot": "starting"}

    def report(self, component: str, problem: str | None) -> None:
        """None says that the component works again."""
        if problem is None:
            self._problems.pop(component, None)
        else:
            self._problems[component] = problem

    def watch(self, database: Database) -> None:
        """From now on the database is asked at every look."""
        self._database = database

    async def problems(self) -> dict[str, str]:
        problems = dict(self._problems)
        if self._database is not None:
            try:
                await self._database.ping()
            except StorageUnavailable as error:
                problems["database"] = str(error)
        return problems
