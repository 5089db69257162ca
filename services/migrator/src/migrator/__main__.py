from __future__ import annotations

import signal
import sys


def main() -> int:
    # Until the run has begun and can roll back. As a container's first process it would be deaf to SIGTERM otherwise.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    from migrator.cli import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
