"""Arguments in, exit code out."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Coroutine, Sequence
from typing import Any

import asyncpg

from migrator import config, logs
from migrator.errors import MigrationFailed, MigratorError

TERMINATION_DEADLINE = 5.0  # seconds; a container is killed after 10

log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 done, 1 SQL failed, 2 usage or configuration, 3 history, 4 database unreachable, 5 lock, 143 on SIGTERM."""
    options = _parser().parse_args(arguments)
    options.command = options.command or "up"
    logs.configure("text")
    try:
        logs.configure(options.log_format or config.log_format())
        if options.command in ("verify", "new"):
            code = _with_files(options)
        else:
            code = asyncio.run(_until_stopped(_with_database(options, config.load())))
        sys.stdout.flush()
        return code
    except MigratorError as error:
        log.error("failed", extra={"error": str(error), "exit_code": error.exit_code})
        return error.exit_code
    except _Stopped as stopped:
        log.warning("stopped by %s", signal.Signals(stopped.signal).name)
        return 128 + stopped.signal
    except BrokenPipeError:
        # Whoever read along has had enough; nor may the interpreter complain when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE


def _with_files(options: argparse.Namespace) -> int:
    from migrator.commands.new import new
    from migrator.commands.verify import verify

    if options.command == "new":
        new(config.migrations_dir(), options.name)
    else:
        verify(config.migrations_dir())
    return 0


async def _with_database(options: argparse.Namespace, settings: config.Config) -> int:
    """Imports only what the command needs, so that a run with nothing to do is short."""
    run = {"allow_out_of_order": options.allow_out_of_order, "to": options.to}
    match options.command:
        case "up":
            from migrator.commands.up import up

            await up(settings, **run)
        case "plan":
            from migrator.commands.plan import plan

            await plan(settings, **run)
        case "dry-run":
            from migrator.commands.dry_run import dry_run

            await dry_run(settings, **run)
        case "status":
            from migrator.commands.status import status

            done = await status(settings, as_json=options.json, allow_out_of_order=options.allow_out_of_order)
            return int(options.exit_code and not done)
        case "baseline":
            from migrator.commands.baseline import baseline

            await baseline(settings, options.version)
        case "repair":
            from migrator.commands.repair import repair

            await repair(settings, options.name, yes=options.yes)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="migrator",
        description="Applies ordered SQL files to PostgreSQL.",
        epilog="Exit codes: 0 done, 1 SQL failed, 2 usage or configuration, 3 the files and the record disagree, "
        "4 database unreachable, 5 another migrator holds the lock, 143 stopped by SIGTERM.",
    )
    parser.set_defaults(allow_out_of_order=False, to=None)
    parser.add_argument("--log-format", choices=["text", "json"], help="default: LOG_FORMAT, or text")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    up = commands.add_parser("up", help="apply what is pending (the default)")
    plan = commands.add_parser("plan", help="show what up would run")
    dry_run = commands.add_parser("dry-run", help="run what is pending in one transaction, and roll it back")
    status = commands.add_parser("status", help="show what is applied and what is pending")
    commands.add_parser("verify", help="check the files; needs no database")
    baseline = commands.add_parser("baseline", help="take an existing database as being at a version; runs nothing")
    new = commands.add_parser("new", help="begin the next file")
    repair = commands.add_parser("repair", help="accept a changed file, or let a half-done one begin anew")

    for command in (up, plan, dry_run, status):
        command.add_argument("--allow-out-of-order", action="store_true", help="accept new files below applied ones")
    for command in (up, plan, dry_run):
        command.add_argument("--to", type=_version, metavar="N", help="stop after the file with this number")
    status.add_argument("--json", action="store_true", help="for machines")
    status.add_argument("--exit-code", action="store_true", help="end with 1 when something is pending")
    baseline.add_argument("version", type=_version, metavar="N", help="the last file that the database has already")
    new.add_argument("name", metavar="NAME", help="what it does, for example add_orders")
    repair.add_argument("name", metavar="FILE", help="the whole name of one file")
    repair.add_argument("--yes", action="store_true", help="do it without asking")
    return parser


def _version(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise argparse.ArgumentTypeError("give the number of a file")
    return int(text)


class _Stopped(Exception):
    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = number


async def _until_stopped(command: Coroutine[Any, Any, int]) -> int:
    """Raises _Stopped after SIGTERM or SIGINT, when what was in progress is rolled back."""
    task = asyncio.create_task(command)
    loop = asyncio.get_running_loop()
    received: list[int] = []

    def stop(number: int) -> None:
        received.append(number)
        task.cancel()
        # Where even the cancellation gets no answer; the server rolls back when the connection is gone.
        loop.call_later(TERMINATION_DEADLINE, os._exit, 128 + number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number)
    try:
        return await task
    except asyncio.CancelledError:
        raise _Stopped(received[0]) from None
    except asyncpg.PostgresError as error:
        raise MigrationFailed(
            f"The database refuses: {error} (SQLSTATE {error.sqlstate}). See to it, then run again."
        ) from None
