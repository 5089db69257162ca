from __future__ import annotations

from pathlib import Path

from tests.e2e.stack import demo_stack, production_stack


def test_a_missing_token_is_told_by_the_bot_in_one_line(own_folder: Path) -> None:
    with production_stack(own_folder) as stack:
        (own_folder / "secrets/bot_token").write_text("")
        assert stack.up(check=False).returncode != 0
        (said,) = set(stack.logs("bot").splitlines())  # the same each time that Docker tries again
        assert said.startswith("bot: BOT_TOKEN: is missing. Put the token that @BotFather gave you into")


def test_a_wrong_password_is_told_by_the_migrator_and_the_bot_does_not_start(own_folder: Path) -> None:
    with demo_stack(own_folder) as stack:
        stack.compose("up", "--detach", "--wait", "postgres")
        (own_folder / "secrets/migrator_db_password").write_text("changed afterwards")
        failed = stack.up(check=False)
        assert failed.returncode != 0
        assert stack.state("migrator")["ExitCode"] == 4
        assert "docs/operations.md" in stack.logs("migrator")
        assert not stack.started("bot")
