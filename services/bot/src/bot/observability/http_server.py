"""/live: the process answers. /ready: it can serve, or why not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors import ConfigError
from bot.observability.health import Health


@asynccontextmanager
async def http_server(host: str, port: int, health: Health) -> AsyncIterator[None]:
    async def live(_: web.Request) -> web.Response:
        return web.json_response({"status": "live"})

    async def ready(_: web.Request) -> web.Response:
        problems = await health.problems()
        body = {"status": "not ready" if problems else "ready", "problems": problems}
        return web.json_response(body, status=503 if problems else 200)

    application = web.Application()
    application.add_routes([web.get("/live", live), web.get("/ready", ready)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise ConfigError(
                f"HEALTH_PORT: cannot listen on {host}:{port}: {error.strerror}. Choose a free port."
            ) from None
        yield
    finally:
        await runner.cleanup()
