from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from emulator.client import Person
from tests.integration.emulator.http_calls import BotApi, File
from tests.integration.emulator.receiver import Receiver, wait_for_error, wait_until_taken


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With its key; signed by itself."""
    key, certificate = (tmp_path_factory.mktemp("tls") / name for name in ("key.pem", "certificate.pem"))
    options = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(["openssl", *options.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    certificate.write_text(certificate.read_text() + key.read_text())
    return certificate


def test_a_certificate_that_was_uploaded_is_trusted(bot: BotApi, ada: Person, certificate: Path) -> None:
    with Receiver(certificate=certificate) as server:
        public = File(certificate.read_bytes().partition(b"-----BEGIN PRIVATE")[0], "certificate.pem")
        assert bot.upload("setWebhook", url=server.url, certificate=public).json["result"] is True
        ada.say("Hello")
        server.wait_for(1)
        wait_until_taken(bot)
    assert bot.result("getWebhookInfo")["has_custom_certificate"] is True


def test_a_certificate_that_nobody_knows_is_not_trusted(bot: BotApi, ada: Person, certificate: Path) -> None:
    with Receiver(certificate=certificate) as server:
        bot.result("setWebhook", url=server.url)
        ada.say("Hello")
        error = wait_for_error(bot)
        bot.result("deleteWebhook")
    assert error.startswith("SSL error {")
    assert "certificate verify failed" in error
    assert server.received == []
