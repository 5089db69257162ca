from __future__ import annotations

import signal
import sys


def main() -> int:
    # As a container's first process it would be deaf to SIGTERM until the run has begun and can roll back.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    from migrator.cli import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
