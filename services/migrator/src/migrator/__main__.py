import signal
import sys

# As a container's first process it would be deaf to SIGTERM until the run has begun and can roll back.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))

from migrator.cli import main  # noqa: E402

sys.exit(main())
