"""make bench: each measurement prints what it measured, beside its budget."""

from __future__ import annotations

from benchmarks import emulator, migrator, page, start_up

if __name__ == "__main__":
    emulator.run()
    page.run()
    migrator.run()
    start_up.run()
