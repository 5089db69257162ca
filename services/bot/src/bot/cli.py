"""Imports only what the command needs: aiogram alone takes seconds."""

from __future__ import annotations

import argparse
import sys

from bot.commands import failed
from bot.errors import ConfigError


def main() -> int:
    """As app.run and commands.failed; 2 for a wrong setting or command."""
    arguments = _parser().parse_args()
    return _healthcheck() if arguments.command == "healthcheck" else _configured(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bot", description="A Telegram bot that remembers.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("run", help="the bot; what happens without a command, too")
    commands.add_parser("healthcheck", help="whether the bot that runs here is ready, and why not")
    failed.add_arguments(commands.add_parser("failed", help="updates that could not be handled"))
    return parser


def _healthcheck() -> int:
    from bot.observability.healthcheck import healthcheck

    return healthcheck()


def _configured(arguments: argparse.Namespace) -> int:
    from bot import config

    try:
        settings = config.load()
    except ConfigError as error:
        sys.stderr.writelines(f"bot: {line}\n" for line in str(error).splitlines())
        return 2
    if arguments.command == "failed":
        return failed.failed(settings, arguments)
    from bot.app import run

    return run(settings)
