from __future__ import annotations

import argparse
import sys


def main() -> int:
    parser = argparse.ArgumentParser(prog="bot", description="A Telegram bot that remembers.")
    parser.add_argument("command", nargs="?", choices=["run", "healthcheck"], default="run")
    # Imported only now: the healthcheck runs every few seconds, and aiogram alone takes seconds to import.
    if parser.parse_args().command == "healthcheck":
        from bot.observability.healthcheck import healthcheck

        return healthcheck()
    from bot.app import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
