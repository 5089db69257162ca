"""Imports only what the command needs: aiogram alone takes seconds."""

from __future__ import annotations

import argparse
import signal
import sys

from bot.errors import ConfigError


def main() -> int:
    """As app.run; 2 for a wrong setting."""
    # As a container's first process it would be deaf to SIGTERM until app.run listens, which takes seconds.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    parser = argparse.ArgumentParser(prog="bot", description="A Telegram bot that remembers.")
    parser.add_argument("command", nargs="?", choices=["run", "healthcheck"], default="run")
    return _healthcheck() if parser.parse_args().command == "healthcheck" else _run()


def _healthcheck() -> int:
    from bot.observability.healthcheck import healthcheck

    return healthcheck()


def _run() -> int:
    from bot import config

    try:
        settings = config.load()
    except ConfigError as error:
        sys.stderr.writelines(f"bot: {line}\n" for line in str(error).splitlines())
        return 2
    from bot.app import run

    return run(settings)


if __name__ == "__main__":
    sys.exit(main())
