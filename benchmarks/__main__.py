"""make bench: each measurement prints what it measured, beside its budget."""

from __future__ import annotations

from benchmarks import start_up

if __name__ == "__main__":
    start_up.run()
