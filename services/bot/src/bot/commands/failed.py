"""`python -m bot failed`: what could not be handled."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence

from bot.config import Config
from bot.domain.inbox import FailedUpdate
from bot.errors import BotError
from bot.storage.database import open_database
from bot.storage.failed_updates import FailedUpdateStore
from bot.storage.schema_version import REQUIRED_VERSION, schema_version

WAIT = 10.0  # seconds for the database
SHOWN = 50  # of a list


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="the newest first")
    listing.add_argument("--limit", type=_positive, default=SHOWN, help=f"how many at the most, usually {SHOWN}")
    show = actions.add_parser("show", help="one of them, with its error and its content")
    show.add_argument("id", type=_positive)
    for name, what in (("replay", "hand them to the bot again"), ("drop", "forget them")):
        action = actions.add_parser(name, help=what)
        chosen = action.add_mutually_exclusive_group(required=True)
        chosen.add_argument("ids", type=_positive, nargs="*", default=[], metavar="ID")
        chosen.add_argument("--all", action="store_true", help="all of them")


def failed(settings: Config, arguments: argparse.Namespace) -> int:
    """0, or 1 where an id is unknown or the database does not answer."""
    try:
        return asyncio.run(_failed(settings, arguments))
    except (BotError, TimeoutError) as error:
        reason = str(error) or f"the database does not answer within {WAIT:g} s: look at `docker compose ps`"
        sys.stderr.write(f"bot: {reason}\n")
        return 1


async def _failed(settings: Config, arguments: argparse.Namespace) -> int:
    one = settings.model_copy(update={"database_pool_min_size": 1, "database_pool_max_size": 1})
    database = await asyncio.wait_for(open_database(one), WAIT)
    try:
        if await schema_version(database) < REQUIRED_VERSION:
            raise BotError("the schema is older than this release: run the migrator, with `make up`")
        store = FailedUpdateStore(database)
        match arguments.action:
            case "list":
                return _list(await store.list(arguments.limit))
            case "show":
                return _show(await store.get(arguments.id), arguments.id)
            case "replay":
                count = await store.replay(None if arguments.all else arguments.ids)
                return _counted("handed to the bot again", count, arguments)
            case _:
                count = await store.drop(None if arguments.all else arguments.ids)
                return _counted("dropped", count, arguments)
    finally:
        await database.close()


def _list(updates: Sequence[FailedUpdate]) -> int:
    if not updates:
        print("Nothing has failed.")
        return 0
    print(f"{'ID':>8}  {'failed at (UTC)':19}  {'chat':>14}  tries  error")
    for update in updates:
        error = _plain(update.error.partition("\n")[0][:100])
        print(
            f"{update.id:>8}  {update.failed_at:%Y-%m-%d %H:%M:%S}  {update.chat_id:>14}  {update.attempts:>5}  {error}"
        )
    return 0


def _show(update: FailedUpdate | None, wanted: int) -> int:
    if update is None:
        sys.stderr.write(f"bot: nothing that failed has the id {wanted}. `failed list` shows what there is.\n")
        return 1
    print(f"id:        {update.id}")
    print(f"update:    {update.update_id}")
    print(f"chat:      {update.chat_id}")
    print(f"received:  {update.received_at:%Y-%m-%d %H:%M:%S} UTC")
    print(f"failed:    {update.failed_at:%Y-%m-%d %H:%M:%S} UTC")
    print(f"tries:     {update.attempts}")
    print(f"\n{_plain(update.error.rstrip())}\n")
    print(_readable(update.payload))
    return 0


def _counted(what: str, count: int, arguments: argparse.Namespace) -> int:
    print(f"{count} {what}.")
    if arguments.all or count == len(set(arguments.ids)):
        return 0
    sys.stderr.write("bot: the others are not among what failed. `failed list` shows what there is.\n")
    return 1


def _readable(payload: str) -> str:
    try:
        # ASCII: nothing in it may steer the terminal.
        return json.dumps(json.loads(payload), indent=2)
    except (ValueError, RecursionError):
        return _plain(payload)


def _plain(text: str) -> str:
    """The same, with escapes for whatever could steer the terminal."""
    return "".join(
        character if character.isprintable() or character == "\n" else ascii(character)[1:-1] for character in text
    )


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) < 2**63):
        raise argparse.ArgumentTypeError(f"{text!a} is not a number from 1")
    return int(text)
