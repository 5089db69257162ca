"""Says what `up` would run."""

from __future__ import annotations

from migrator import history
from migrator.config import Config
from migrator.database import connected
from migrator.discovery import discover
from migrator.ledger import Ledger
from migrator.steps import Step, steps


async def plan(config: Config, *, to: int | None = None, allow_out_of_order: bool = False) -> None:
    """Only reads, without a lock. Raises what `up` would raise before its first statement."""
    files = discover(config.migrations_dir)
    history.check_target(files, to)
    async with connected(config, writes=False) as connection:
        recorded = await Ledger(connection, config.migrations_table).read()
    todo = steps(history.pending(files, recorded, to=to, allow_out_of_order=allow_out_of_order), recorded)
    for step in todo:
        print(f"{step.script.migration.name}: {_how(step)}")
    print(f"{len(todo)} to apply" if todo else "nothing to apply")


def _how(step: Step) -> str:
    directives, count = step.script.directives, len(step.script.statements)
    parts = [f"{count} statement{'s' if count != 1 else ''}"]
    parts.append("one transaction" if directives.transaction else "no transaction")
    if step.resumed:
        parts.append(f"goes on with statement {step.done + 1}")
    if directives.lock_timeout is not None:
        parts.append(f"lock timeout {directives.lock_timeout}")
    if directives.statement_timeout is not None:
        parts.append(f"statement timeout {directives.statement_timeout}")
    return ", ".join(parts)
