from __future__ import annotations

import os
import signal
import sys


def main() -> int:
    # As a container's first process it would be deaf to SIGTERM until app.run listens, which takes seconds. Not by
    # sys.exit: what is raised while pydantic builds a type comes out as an error in the type.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(128 + signal.SIGTERM))
    from bot.cli import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
