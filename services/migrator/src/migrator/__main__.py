from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable


def main() -> int:
    # Until the run has begun and can roll back. As a container's first process it would be deaf to SIGTERM otherwise.
    # What is raised in the middle of an import may come out as another error.
    _end_by(os._exit)
    from migrator.cli import main as run

    _end_by(sys.exit)
    return run()


def _end_by(end: Callable[[int], object]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: end(128 + number))


if __name__ == "__main__":
    sys.exit(main())
