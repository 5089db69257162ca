from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.integration.postgres import ROOT

#: What takes longest at the start is imported by something that makes its own error of whatever is raised.
STARTING = """
import os, signal, sys

class Importing:
    def find_spec(self, name, *_):
        if name == "{module}":
            try:
                os.kill(os.getpid(), signal.{signal})
                while True:
                    pass
            except BaseException:
                raise ValueError("an error of its own") from None

sys.meta_path.insert(0, Importing())
sys.argv = ["{service}"]
from {service}.__main__ import main
main()
"""


@pytest.mark.parametrize(
    ("service", "module", "signal", "code"),
    [
        ("bot", "bot.cli", "SIGTERM", 143),
        ("migrator", "migrator.cli", "SIGTERM", 143),
        ("migrator", "migrator.cli", "SIGINT", 130),
    ],
)
def test_a_signal_ends_what_is_still_being_imported(service: str, module: str, signal: str, code: int) -> None:
    program = STARTING.format(service=service, module=module, signal=signal)
    environment = os.environ | {"PYTHONPATH": str(ROOT / "services" / service / "src")}
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "", "")
