"""/control: what a test or a person does on Telegram's side. docs/emulator.md lists it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from pydantic import ValidationError

from emulator.control import doing, looking
from emulator.control.http import answer
from emulator.errors import ApiError, ControlError
from emulator.telegram import Telegram

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(telegram: Telegram) -> web.Application:
    app = web.Application(middlewares=[_explain_errors])
    app.add_routes([*looking.routes(telegram), *doing.routes(telegram)])
    return app


@web.middleware
async def _explain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What is wrong with a request, in words."""
    try:
        return await handler(request)
    except ControlError as error:
        return answer({"error": error.text}, error.status)
    except ApiError as error:
        return answer({"error": error.description}, 400)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        return answer({"error": wrong}, 400)
    except ValueError as error:
        return answer({"error": f"The request cannot be read: {error}"}, 400)
