"""Files that tell one session for all from a session for each."""

from __future__ import annotations

from tests.integration.migrator.corpus.files import File, numbered

RARE: dict[str, list[File]] = {
    "setting of its own": [
        File("set", "SET corpus.of_its_own = 'mine'; SELECT set_config('corpus.other', 'x', true);"),
        File(
            "seen",
            "CREATE TABLE seen AS SELECT current_setting('corpus.of_its_own', true) AS of_its_own, "
            "current_setting('corpus.other', true) AS other;",
        ),
    ],
    "setting of the database": [
        File(
            "set",
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = %L', current_database(), 'Asia/Kolkata');"
            " END $$; CREATE TABLE zones AS SELECT 'same file' AS what, '2024-01-01 00:00'::timestamptz AS at;",
        ),
        File("used", "INSERT INTO zones VALUES ('next file', '2024-01-01 00:00');"),
    ],
    "setting of a role": [
        File("set", "ALTER ROLE CURRENT_USER SET DateStyle = 'ISO, DMY';"),
        File("used", "CREATE TABLE dates AS SELECT '03/02/2024'::date AS at;"),
        File("unset", "ALTER ROLE CURRENT_USER RESET DateStyle;"),
    ],
}


def rare() -> list[list[File]]:
    return [numbered(files) for files in RARE.values()]
