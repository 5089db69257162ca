from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.stack import READY_SOONER, SECRETS, Stack, demo_stack, docker, production_stack
from tests.hostile import PASSWORD_MARK

OURS = ("migrator", "bot", "emulator")
TOKEN = "123456789:token-of-the-hardening-tests-00001"


@pytest.fixture(scope="module")
def production(images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """compose.yaml alone, as Compose understands it."""
    with production_stack(tmp_path_factory.mktemp("production")) as stack:
        yield json.loads(stack.compose("config", "--format", "json").stdout)


@pytest.mark.parametrize("service", OURS)
def test_a_container_of_ours_can_do_little(stack: Stack, service: str) -> None:
    shown = stack.inspect(service)
    host = shown["HostConfig"]
    assert shown["Config"]["User"] == "10001:10001"
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert host["CapAdd"] is None
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Privileged"] is False
    assert 0 < host["Memory"] <= 512 * 1024**2
    assert 0 < host["PidsLimit"] <= 128
    assert host["LogConfig"]["Config"]["max-size"] == "10m"
    assert shown["Config"]["Entrypoint"][0] == "python", "a shell in between would swallow SIGTERM"


@pytest.mark.parametrize("service", ["bot", "emulator"])
def test_nothing_can_be_written_in_a_container_of_ours(stack: Stack, service: str) -> None:
    # The bot's /tmp is in memory.
    for path in ("/", "/app", "/venv", "/var/tmp", "/run/secrets", *(["/tmp"] if service != "bot" else [])):
        refused = stack.compose("exec", "--no-TTY", service, "sh", "-c", f"echo x > {path}/x", check=False)
        assert refused.returncode != 0, path


def test_what_is_written_in_the_bots_tmp_is_small_and_is_never_run(stack: Stack) -> None:
    def runs(script: str) -> bool:
        return stack.compose("exec", "--no-TTY", "bot", "sh", "-c", script, check=False).returncode == 0

    assert runs("cp /bin/true /tmp/true")
    assert not runs("/tmp/true")
    assert not runs("head -c 17M /dev/zero > /tmp/zero")
    assert runs("rm -f /tmp/true /tmp/zero")


def test_the_demos_products_are_put_in_by_one_who_can_do_no_more_than_the_bot(stack: Stack) -> None:
    shown = stack.inspect("products")
    host = shown["HostConfig"]
    assert shown["State"]["ExitCode"] == 0
    assert shown["Config"]["User"] == "10001:10001"
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert not [mount for mount in shown["Mounts"] if mount["Type"] == "volume" or mount["RW"]]
    assert stack.sql("SELECT count(*) FROM products WHERE sku IN ('SENCHA', 'MATCHA-SET')") == "2"


def test_only_the_demo_publishes_a_port_and_only_on_loopback(stack: Stack, production: dict[str, Any]) -> None:
    for service in production["services"].values():
        assert not service.get("ports")
    for name in ("postgres", "migrator", "bot"):
        assert not stack.inspect(name)["HostConfig"]["PortBindings"]
    (published,) = stack.inspect("emulator")["HostConfig"]["PortBindings"].values()
    assert [binding["HostIp"] for binding in published] == ["127.0.0.1"]


def test_only_the_bot_reaches_the_outside(production: dict[str, Any]) -> None:
    inside = {name for name, network in production["networks"].items() if network.get("internal")}
    reaching = {name for name, service in production["services"].items() if not set(service["networks"]) <= inside}
    assert reaching == {"bot"}


def test_each_service_gets_its_own_secrets_alone(production: dict[str, Any]) -> None:
    given = {
        name: {secret["source"] for secret in service.get("secrets", [])}
        for name, service in production["services"].items()
    }
    assert given == {
        "postgres": {"postgres_password", "migrator_db_password", "bot_db_password"},
        "migrator": {"migrator_db_password"},
        "bot": {"bot_token", "bot_db_password"},
    }


def test_no_secret_shows_anywhere(own_folder: Path) -> None:
    # The demo's own token is public; a stack with a token that is not shows whether it leaks.
    token_file = own_folder / "token.yaml"
    token_file.write_text(f"secrets: {{bot_token: {{file: {own_folder}/secrets/bot_token}}}}\n")
    with demo_stack(own_folder, READY_SOONER, str(token_file), LOG_LEVEL="debug") as stack:
        (own_folder / "secrets/bot_token").write_text(TOKEN)
        stack.up()
        stack.emulator.person(1, "Ada").ask("/start")
        shown = [stack.compose("config").stdout, stack.logs()]
        for service in ("postgres", *OURS):
            shown.append(docker("inspect", stack.container(service)))
            image = stack.inspect(service)["Image"]
            shown += [docker("inspect", image), docker("history", "--no-trunc", image)]
        everything = "\n".join(shown)
    assert "orderly-bot" in everything
    assert "handled" in everything, "the debug log was on"
    for secret in (PASSWORD_MARK, TOKEN.partition(":")[2]):
        assert secret not in everything


@pytest.mark.parametrize("service", OURS)
def test_an_image_of_ours_holds_its_own_service_alone(stack: Stack, service: str) -> None:
    image = stack.inspect(service)["Config"]["Image"]
    listing = docker("run", "--rm", "--entrypoint", "ls", image, "/app").split()
    assert listing == [service]
    for other in {*OURS} - {service}:
        script = f"import importlib.util, sys; sys.exit(importlib.util.find_spec('{other}') is not None)"
        docker("run", "--rm", "--entrypoint", "python", image, "-c", script)
    secrets = docker("run", "--rm", "--entrypoint", "sh", image, "-c", "ls -A /run/secrets 2>/dev/null || true")
    assert not set(secrets.split()) & set(SECRETS)
