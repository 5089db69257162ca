from __future__ import annotations

import pytest

from migrator import cli


def test_without_a_command_nothing_is_out_of_the_ordinary() -> None:
    options = cli._parser().parse_args([])
    assert (options.command, options.to, options.allow_out_of_order, options.log_format) == (None, None, False, None)


@pytest.mark.parametrize("command", ["up", "plan", "dry-run"])
def test_a_run_may_stop_at_a_number(command: str) -> None:
    options = cli._parser().parse_args([command, "--to", "007", "--allow-out-of-order"])
    assert (options.command, options.to, options.allow_out_of_order) == (command, 7, True)


@pytest.mark.parametrize("command", ["status", "verify", "baseline 1", "new a", "repair a"])
def test_the_other_commands_know_the_defaults_too(command: str) -> None:
    options = cli._parser().parse_args(command.split())
    assert (options.to, options.allow_out_of_order) == (None, False)


@pytest.mark.parametrize("number", ["abc", "-1", "1.5", "", " 1", "+1", "٣", "1" * 19, "1_000"])
@pytest.mark.parametrize("arguments", [["up", "--to"], ["baseline"]])
def test_what_is_no_number_of_a_file_ends_with_code_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], number: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main([*arguments, number])
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: migrator ")


@pytest.mark.parametrize(
    "arguments", ["down", "up --force", "up 001_a.sql", "baseline", "new", "repair", "--log-format xml"]
)
def test_bad_usage_ends_with_code_2(capsys: pytest.CaptureFixture[str], arguments: str) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments.split())
    assert caught.value.code == 2
    assert "error: " in capsys.readouterr().err


def test_the_help_names_every_command_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    commands = ("up", "plan", "dry-run", "status", "verify", "baseline", "new", "repair")
    codes = ("0 done", "1 SQL", "2 usage", "3 the", "4 database", "5 another", "143 stopped")
    assert [word for word in (*commands, *codes) if word not in " ".join(text.split())] == []
