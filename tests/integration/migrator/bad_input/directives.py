"""Comments that speak to the migrator, and say it wrong; those of other tools."""

from __future__ import annotations

from tests.integration.migrator.bad_input.case import Case

T = "CREATE TABLE a (id int);\n"

CASES = [
    Case(
        "an unknown directive",
        {"001_a.sql": f"-- migrate: no-transactions\n{T}"},
        1,
        [
            (
                "migrator: error: 001_a.sql:1:1: unknown directive “no-transactions”; known are no-transaction, "
                "lock-timeout 30s, statement-timeout 10min"
            ),
            "    -- migrate: no-transactions",
            "    ^",
        ],
    ),
    Case(
        "a directive with nothing in it",
        {"001_a.sql": f"-- migrate:\n{T}"},
        1,
        [
            (
                "migrator: error: 001_a.sql:1:1: a directive without a name; known are no-transaction, "
                "lock-timeout 30s, statement-timeout 10min"
            ),
            "    -- migrate:",
            "    ^",
        ],
    ),
    Case(
        "a directive given twice",
        {"001_a.sql": f"-- migrate: lock-timeout 5s\n-- migrate: lock-timeout 9s\n{T}"},
        1,
        ["migrator: error: 001_a.sql:2:1: lock-timeout is given twice", "    -- migrate: lock-timeout 9s", "    ^"],
    ),
    Case(
        "a duration without a unit",
        {"001_a.sql": f"-- migrate: lock-timeout 30\n{T}"},
        1,
        [
            (
                "migrator: error: 001_a.sql:1:1: lock-timeout takes a duration in ms, s, min or h, for instance "
                "30s; 0 stands for none"
            ),
            "    -- migrate: lock-timeout 30",
            "    ^",
        ],
    ),
    Case(
        "a duration without a number",
        {"001_a.sql": f"-- migrate: statement-timeout\n{T}"},
        1,
        [
            (
                "migrator: error: 001_a.sql:1:1: statement-timeout takes a duration in ms, s, min or h, for "
                "instance 30s; 0 stands for none"
            ),
            "    -- migrate: statement-timeout",
            "    ^",
        ],
    ),
    Case(
        "a duration in days",
        {"001_a.sql": f"-- migrate: statement-timeout 1d\n{T}"},
        1,
        [
            (
                "migrator: error: 001_a.sql:1:1: statement-timeout takes a duration in ms, s, min or h, for "
                "instance 30s; 0 stands for none"
            ),
            "    -- migrate: statement-timeout 1d",
            "    ^",
        ],
    ),
    Case(
        "a duration below nought",
        {"001_a.sql": f"-- migrate: lock-timeout -1s\n{T}"},
        1,
        [
            (
                "migrator: error: 001_a.sql:1:1: lock-timeout takes a duration in ms, s, min or h, for instance "
                "30s; 0 stands for none"
            ),
            "    -- migrate: lock-timeout -1s",
            "    ^",
        ],
    ),
    Case(
        "a duration that is too long",
        {"001_a.sql": f"-- migrate: lock-timeout 999999999h\n{T}"},
        1,
        [
            "migrator: error: 001_a.sql:1:1: lock-timeout is longer than PostgreSQL can count, about 24 days",
            "    -- migrate: lock-timeout 999999999h",
            "    ^",
        ],
    ),
    Case(
        "a value where none is taken",
        {"001_a.sql": f"-- migrate: no-transaction please\n{T}"},
        1,
        [
            "migrator: error: 001_a.sql:1:1: no-transaction takes no value",
            "    -- migrate: no-transaction please",
            "    ^",
        ],
    ),
    Case(
        "a directive below the first statement",
        {"001_a.sql": f"{T}-- migrate: no-transaction\nVACUUM a;\n"},
        1,
        [
            "migrator: error: 001_a.sql:2:1: a directive stands above the first statement: move it there",
            "    -- migrate: no-transaction",
            "    ^",
        ],
    ),
    Case(
        "a directive at the end of the line",
        {"001_a.sql": "VACUUM; -- migrate: no-transaction\n"},
        1,
        [
            "migrator: error: 001_a.sql:1:9: a directive stands above the first statement: move it there",
            "    VACUUM; -- migrate: no-transaction",
            "            ^",
        ],
    ),
    Case(
        "dbmate's part that undoes",
        {"001_a.sql": f"-- migrate:up\n{T}\n-- migrate:down\nDROP TABLE a;\n"},
        1,
        [
            "migrator: error: 001_a.sql:4:1: a part that undoes the migration would be run with the rest: remove it",
            "    -- migrate:down",
            "    ^",
        ],
    ),
    Case(
        "dbmate's part that undoes, alone",
        {"001_a.sql": f"{T}-- migrate:down transaction:false\nDROP TABLE a;\n"},
        1,
        [
            "migrator: error: 001_a.sql:2:1: a part that undoes the migration would be run with the rest: remove it",
            "    -- migrate:down transaction:false",
            "    ^",
        ],
    ),
    Case(
        "goose's part that undoes",
        {"001_a.sql": f"-- +goose Up\n{T}\n-- +goose Down\nDROP TABLE a;\n"},
        1,
        [
            "migrator: error: 001_a.sql:4:1: a part that undoes the migration would be run with the rest: remove it",
            "    -- +goose Down",
            "    ^",
        ],
    ),
    Case(
        "sql-migrate's part that undoes",
        {"001_a.sql": f"-- +migrate Up\n{T}-- +migrate Down\nDROP TABLE a;\n"},
        1,
        [
            "migrator: error: 001_a.sql:3:1: a part that undoes the migration would be run with the rest: remove it",
            "    -- +migrate Down",
            "    ^",
        ],
    ),
]
