from __future__ import annotations

import pytest

from migrator.discovery import Migration
from migrator.errors import HistoryError
from migrator.history import pending
from migrator.ledger import Applied

A = Migration(1, "001_a.sql", "SELECT 1")
B = Migration(2, "002_b.sql", "SELECT 2")
C = Migration(3, "003_c.sql", "SELECT 3")


def applied(migration: Migration) -> Applied:
    return Applied(migration.version, migration.name, migration.checksum)


def test_what_is_not_recorded_is_pending() -> None:
    assert pending([A, B, C], []) == [A, B, C]
    assert pending([A, B, C], [applied(A)]) == [B, C]
    assert pending([A, B, C], [applied(A), applied(B), applied(C)]) == []


def test_every_disagreement_is_told_at_once() -> None:
    changed = Migration(3, "003_c.sql", "SELECT 4")
    with pytest.raises(HistoryError) as caught:
        pending([B, changed], [applied(A), applied(C)])
    gone, edited, late = caught.value.faults
    assert gone.startswith("001_a.sql: was applied, and the file is gone")
    assert edited.startswith("003_c.sql: was changed after it was applied")
    assert late.startswith("002_b.sql: is new, but 3 is applied already")
