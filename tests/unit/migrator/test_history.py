from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from migrator.discovery import Discovered, Migration
from migrator.errors import ConfigError, HistoryError
from migrator.history import Recorded, check_target, find_faults, pending

A = Migration(1, "001_a.sql", "SELECT 1")
B = Migration(2, "002_b.sql", "SELECT 2")
C = Migration(3, "003_c.sql", "SELECT 3")
NOW = datetime(2026, 1, 31, tzinfo=UTC)


def files(*migrations: Migration, faults: tuple[str, ...] = ()) -> Discovered:
    return Discovered(list(migrations), list(faults))


def applied(migration: Migration) -> Recorded:
    return recorded(migration, NOW)


def half_done(migration: Migration) -> Recorded:
    return recorded(migration, None)


def recorded(migration: Migration, applied_at: datetime | None) -> Recorded:
    return Recorded(migration.version, migration.name, migration.checksum, applied_at, timedelta(), 1, None, None)


def test_what_is_not_recorded_is_pending() -> None:
    assert pending(files(A, B, C), []) == [A, B, C]
    assert pending(files(A, B, C), [applied(A)]) == [B, C]
    assert pending(files(A, B, C), [applied(A), applied(B), applied(C)]) == []


def test_a_half_done_file_is_pending_also_when_it_was_changed() -> None:
    changed = Migration(2, "002_b.sql", "SELECT 2; SELECT 3")
    assert pending(files(A, changed, C), [applied(A), half_done(B)]) == [changed, C]


def test_a_renamed_file_is_the_same() -> None:
    renamed = Migration(1, "001_other.sql", A.text)
    assert pending(files(renamed, B), [applied(A)]) == [B]


def test_every_disagreement_is_told_at_once() -> None:
    changed = Migration(3, "003_c.sql", "SELECT 4")
    with pytest.raises(HistoryError) as caught:
        pending(files(B, changed, faults=("x.sql: bad name",)), [applied(A), applied(C)])
    bad, gone, edited, late = caught.value.faults
    assert bad == "x.sql: bad name"
    assert gone.startswith("001_a.sql: was applied, and the file is gone")
    assert edited.startswith("003_c.sql: was changed after it was applied")
    assert late.startswith("002_b.sql: is new, but 3 is applied already")
    assert str(caught.value).split("\n") == caught.value.faults


def test_a_half_done_file_that_is_gone_is_told_as_such() -> None:
    [fault] = find_faults(files(A), [applied(A), half_done(B)])
    assert fault.startswith("002_b.sql: is half done, and the file is gone")


def test_where_no_file_can_be_read_that_alone_is_told() -> None:
    assert find_faults(files(faults=("nowhere",)), [applied(A), applied(B)]) == ["nowhere"]


def test_a_file_out_of_order_can_be_allowed() -> None:
    assert pending(files(A, B, C), [applied(A), applied(C)], allow_out_of_order=True) == [B]
    assert pending(files(A, B, C), [applied(A), half_done(C)]) == [B, C]


def test_a_target_must_be_the_number_of_a_file() -> None:
    check_target(files(A, B), None)
    check_target(files(A, B), 2)
    with pytest.raises(ConfigError, match="No file has the number 3; the newest is 2"):
        check_target(files(A, B), 3)
