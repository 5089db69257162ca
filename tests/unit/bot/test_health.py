from __future__ import annotations

from bot.observability.health import Health


async def test_who_is_asked_tells_anew_at_every_look() -> None:
    health = Health()
    health.report("bot", None)
    told: list[str | None] = ["unsure", None, "unsure again"]
    health.ask("membership", lambda: told.pop(0))
    assert await health.problems() == {"membership": "unsure"}
    assert await health.problems() == {}
    assert await health.problems() == {"membership": "unsure again"}


async def test_what_is_asked_hides_nothing_that_was_reported() -> None:
    health = Health()
    health.ask("membership", lambda: "unsure")
    assert await health.problems() == {"bot": "starting", "membership": "unsure"}
