from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from migrator.discovery import Migration
from migrator.errors import HistoryError, MigrationFailed
from migrator.history import Recorded
from migrator.parsing import parse
from migrator.steps import steps

FIRST, SECOND, THIRD = "CREATE TABLE a (id int);\n", "CREATE TABLE b (id int);\n", "CREATE TABLE c (id int);\n"
WHOLE = f"-- migrate: no-transaction\n{FIRST}{SECOND}{THIRD}"


def migration(text: str, version: int = 1) -> Migration:
    return Migration(version, f"{version:03}_a.sql", text)


def stopped_after(count: int, running: str | None = None) -> Recorded:
    script = parse(migration(WHOLE))
    finished_part = script.checksums()[count]
    return Recorded(1, "001_a.sql", script.migration.checksum, None, timedelta(), count, finished_part, running)


def test_a_new_file_begins_with_its_first_statement() -> None:
    applied = Recorded(1, "001_a.sql", "", datetime.now(UTC), timedelta(), 1, None, None)
    [step] = steps([migration(FIRST, 2)], [applied])
    assert (step.done, step.running, step.resumed) == (0, None, False)


def test_a_half_done_file_goes_on_where_it_stopped() -> None:
    [step] = steps([migration(WHOLE)], [stopped_after(2, running="sum")])
    assert (step.done, step.running, step.resumed) == (2, "sum", True)


@pytest.mark.parametrize(
    "text",
    [
        WHOLE.replace(THIRD, "SELECT 1;\nSELECT 2;\n"),
        WHOLE.replace(THIRD, ""),
        WHOLE.replace(SECOND, f"-- why\n{SECOND}"),
        WHOLE.replace("\n", "\n\n  "),
    ],
)
def test_what_is_not_done_yet_may_change_and_so_may_comments(text: str) -> None:
    [step] = steps([migration(text)], [stopped_after(2)])
    assert step.done == 2


@pytest.mark.parametrize("text", [WHOLE.replace("b (id int)", "b (id bigint)"), WHOLE.replace(SECOND, "")])
def test_what_is_done_may_not_change(text: str) -> None:
    with pytest.raises(HistoryError) as caught:
        steps([migration(text)], [stopped_after(2)])
    assert caught.value.faults == [
        "001_a.sql: 2 of its statements are done, and that part was edited. "
        "Restore it; or see “repair 001_a.sql”, which makes it begin anew."
    ]


def test_a_half_done_file_must_stay_without_a_transaction() -> None:
    with pytest.raises(HistoryError, match="1 of its statements is done, and it no longer says no-transaction"):
        steps([migration(f"{FIRST}{SECOND}{THIRD}")], [stopped_after(1)])


def test_the_mistakes_of_all_files_are_told_at_once() -> None:
    with pytest.raises(MigrationFailed) as caught:
        steps([migration("SELEC 1"), migration("SELECT 1", 2), migration("BEGIN", 3)], [])
    places = [line.split(" ")[0] for line in str(caught.value).splitlines() if not line.startswith(" ")]
    assert places == ["001_a.sql:1:1:", "003_a.sql:1:1:"]
