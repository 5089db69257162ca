"""make bench: each measurement prints what it measured, beside its budget.

`python -m benchmarks updates migrator` runs these two; without names, all.
"""

from __future__ import annotations

import argparse

from benchmarks import emulator, migrator, page, shop, start_up, updates

BENCHMARKS = {
    "emulator": emulator.run,
    "page": page.run,
    "updates": updates.run,
    "migrator": migrator.run,
    "shop": shop.run,
    "start_up": start_up.run,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures what the documentation claims.")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BENCHMARKS)}; all of them if there is none")
    names = parser.parse_args().names
    if unknown := sorted(set(names) - set(BENCHMARKS)):
        parser.error(f"there is no benchmark {', '.join(unknown)}")
    for name, run in BENCHMARKS.items():
        if name in names or not names:
            run()
