from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from emulator.client import Refused

DEFAULT_PORT = 8081


def main() -> int:
    """The exit code; what somebody can mend is told in a line."""
    try:
        return _run(_parser().parse_args())
    except (OSError, ValueError, Refused) as error:
        print(f"emulator: error: {error}", file=sys.stderr)
        return 1


def _run(arguments: argparse.Namespace) -> int:
    # Imported only when needed: the health check runs every other second.
    match arguments.command:
        case "serve":
            from emulator.demo import Demo
            from emulator.server import serve
            from emulator.telegram import Telegram

            telegram = Telegram(_token(arguments.token_file), Demo() if arguments.demo else None)
            serve(arguments.host, arguments.port, telegram, tuple(arguments.name))
        case "chat":
            from emulator.chat import chat

            chat(arguments.url, arguments.name)
        case "healthcheck":
            from emulator.client import Emulator

            Emulator(arguments.url).status()
    return 0


def _token(file: Path) -> str:
    token = file.read_text().strip()
    if not re.fullmatch("[1-9][0-9]{0,15}:[^/]{1,64}", token):
        raise ValueError(f"{file} holds no token, which looks like 1000000001:any-letters-and-digits")
    return token


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="emulator", description=sys.modules["emulator"].__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run the server")
    serve.add_argument("--host", default="127.0.0.1", help="where to listen; %(default)s unless told otherwise")
    serve.add_argument("--port", type=int, default=DEFAULT_PORT, help="%(default)s unless told otherwise")
    serve.add_argument("--token-file", type=Path, required=True, help="holds the one token that is let in")
    serve.add_argument("--demo", action="store_true", help="with three people and a greeting")
    serve.add_argument("--name", action="append", default=[], help="a host name of the server, besides loopback's")
    url = f"http://127.0.0.1:{DEFAULT_PORT}"
    chat = commands.add_parser("chat", help="talk to the bot in this terminal")
    chat.add_argument("--url", default=url)
    chat.add_argument("--name", default="Newcomer", help="your first name")
    health = commands.add_parser("healthcheck", help="exit code 0 when the server answers")
    health.add_argument("--url", default=url)
    return parser


if __name__ == "__main__":
    sys.exit(main())
