from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.directives import BadDirective, Directives, add, is_directive

MILLISECONDS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}
LONGEST = 2**31 - 1


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("-- migrate: no-transaction", Directives(transaction=False)),
        ("--migrate:no-transaction", Directives(transaction=False)),
        ("--   MIGRATE:   No-Transaction  ", Directives(transaction=False)),
        ("-- migrate: lock-timeout 30s", Directives(lock_timeout="30s")),
        ("-- migrate: lock-timeout=30s", Directives(lock_timeout="30s")),
        ("-- migrate: lock-timeout: 30 s", Directives(lock_timeout="30 s")),
        ("-- migrate: lock-timeout = 250ms", Directives(lock_timeout="250ms")),
        ("-- migrate: statement-timeout 10min", Directives(statement_timeout="10min")),
        ("-- migrate: statement-timeout 2h", Directives(statement_timeout="2h")),
        ("-- migrate: statement-timeout 0", Directives(statement_timeout="0")),
    ],
)
def test_a_directive_may_be_written_in_several_ways(comment: str, expected: Directives) -> None:
    assert is_directive(comment)
    assert add(Directives(), comment) == expected


@pytest.mark.parametrize(
    "comment", ["-- migrates birds", "-- we migrate: later", "-- +goose Up", "-- +migrate Up", "/* migrate: x */", "--"]
)
def test_another_comment_is_none(comment: str) -> None:
    assert not is_directive(comment)


def test_several_directives_add_up() -> None:
    directives = Directives()
    for comment in ("no-transaction", "lock-timeout 1s", "statement-timeout 2s", "no-transaction"):
        directives = add(directives, f"-- migrate: {comment}")
    assert directives == Directives(False, "1s", "2s")


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("-- migrate: transaction", "unknown directive “transaction”"),
        ("-- migrate: no-transaction yes", "no-transaction takes no value"),
        ("-- migrate: lock-timeout", "takes a duration"),
        ("-- migrate: lock-timeout 30", "takes a duration"),
        ("-- migrate: lock-timeout 1.5s", "takes a duration"),
        ("-- migrate: lock-timeout ٣s", "takes a duration"),
        ("-- migrate: statement-timeout 1s; DROP TABLE a", "takes a duration"),
        ("-- migrate: statement-timeout 1s'", "takes a duration"),
        ("-- migrate: lock-timeout 600h", "longer than PostgreSQL can count"),
        ("-- migrate:down", "undoes the migration"),
        ("-- migrate:down transaction:false", "undoes the migration"),
        ("-- +goose Down", "undoes the migration"),
        ("-- +migrate Down notransaction", "undoes the migration"),
    ],
)
def test_a_bad_directive_is_explained(comment: str, message: str) -> None:
    assert is_directive(comment)
    with pytest.raises(BadDirective, match=message):
        add(Directives(), comment)


@pytest.mark.parametrize("name", ["lock-timeout", "statement-timeout"])
def test_a_timeout_is_given_once(name: str) -> None:
    given_once = add(Directives(), f"-- migrate: {name} 1s")
    with pytest.raises(BadDirective, match=f"{name} is given twice"):
        add(given_once, f"-- migrate: {name} 1s")


@given(st.integers(min_value=0, max_value=10**9 - 1), st.sampled_from(sorted(MILLISECONDS)), st.sampled_from(["", " "]))
def test_a_duration_is_taken_as_long_as_postgresql_can_count_it(number: int, unit: str, between: str) -> None:
    value = f"{number}{between}{unit}"
    comment = f"-- migrate: lock-timeout {value}"
    if number * MILLISECONDS[unit] <= LONGEST:
        assert add(Directives(), comment).lock_timeout == value
    else:
        with pytest.raises(BadDirective, match="longer than PostgreSQL can count"):
            add(Directives(), comment)


@given(st.text(st.characters(exclude_characters="\r\n"), max_size=20))
def test_whatever_stands_for_a_duration_can_be_quoted_in_sql(value: str) -> None:
    try:
        taken = add(Directives(), f"-- migrate: lock-timeout {value}").lock_timeout
    except BadDirective:
        return
    assert taken is None or ("'" not in taken and "\\" not in taken)
