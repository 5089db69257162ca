"""What docs/operations.md tells, done."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.stack import READY_SOONER, Stack, demo_stack
from tests.hostile import PASSWORD
from tests.waiting import wait_for

MAKE_ROLES = (
    *("exec", "--no-TTY", "--user", "postgres", "postgres"),
    *("psql", "-v", "ON_ERROR_STOP=1", "-f", "/docker-entrypoint-initdb.d/10-roles.sql", "orderly"),
)


def test_the_bots_password_can_be_changed(own_folder: Path) -> None:
    with demo_stack(own_folder, READY_SOONER) as stack:
        stack.up()
        stack.emulator.person(1, "Ada").ask("/start")
        (own_folder / "secrets/bot_db_password").write_text("a new 'one'")
        stack.compose("up", "--detach", "--force-recreate", "--wait", "postgres")
        stack.compose(*MAKE_ROLES)
        stack.compose("up", "--detach", "--force-recreate", "--wait")
        # The emulator's memory went with its container; the bot's did not.
        assert "Name: Ada" in stack.emulator.person(1, "Ada").ask("/profile")


def test_a_backup_can_be_restored(stack: Stack) -> None:
    ada = stack.emulator.person(4_999_999_999, "Ada")
    ada.ask("/start")
    wait_for(lambda: stack.sql("SELECT count(*) FROM inbox") == "0", "the answered update is finished")
    dump = "pg_dump -U postgres --format custom orderly > /tmp/orderly.dump"
    stack.compose("exec", "--no-TTY", "postgres", "sh", "-c", dump)
    stack.sql("DELETE FROM users")
    stack.compose("stop", "bot")
    restore = "pg_restore -U postgres --clean --if-exists --dbname orderly /tmp/orderly.dump"
    stack.compose("exec", "--no-TTY", "postgres", "sh", "-c", restore)
    stack.up()
    assert "Name: Ada" in ada.ask("/profile")
    assert ada.ask("/start").startswith("Welcome, Ada!")


def test_a_first_start_that_failed_half_way_can_be_mended(own_folder: Path) -> None:
    with demo_stack(own_folder, READY_SOONER) as stack:
        (own_folder / "secrets/bot_db_password").write_text("")
        assert stack.up(check=False).returncode != 0
        assert "A password file in /run/secrets is empty" in stack.logs("postgres")
        assert stack.up(check=False).returncode != 0
        assert "docs/operations.md" in stack.logs("migrator")
        assert not stack.started("bot")

        (own_folder / "secrets/bot_db_password").write_text(PASSWORD)
        stack.compose(*MAKE_ROLES)
        stack.up()
        assert stack.emulator.person(1, "Ada").ask("/start").startswith("Welcome, Ada!")
