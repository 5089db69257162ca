from __future__ import annotations

import argparse
import sys
from pathlib import Path

DEFAULT_PORT = 8081


def main() -> int:
    arguments = _parser().parse_args()
    # Imported only when needed: the health check runs every other second.
    match arguments.command:
        case "serve":
            from emulator.demo import Demo
            from emulator.server import serve
            from emulator.telegram import Telegram

            telegram = Telegram(arguments.token_file.read_text().strip(), Demo() if arguments.demo else None)
            serve(arguments.host, arguments.port, telegram, tuple(arguments.name))
        case "chat":
            from emulator.chat import chat

            chat(arguments.url, arguments.name)
        case "healthcheck":
            from emulator.client import Emulator

            Emulator(arguments.url).status()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="emulator", description=sys.modules["emulator"].__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run the server")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=DEFAULT_PORT)
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
