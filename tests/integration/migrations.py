"""The real migrator, as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.hostile import PASSWORD
from tests.integration.postgres import ROOT


@dataclass(frozen=True)
class Migrator:
    url: str
    directory: Path

    def start(self, **settings: str) -> subprocess.Popen[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "services/migrator/src"),
            "DATABASE_URL": self.url,
            "DATABASE_PASSWORD": PASSWORD,
            "MIGRATIONS_DIR": str(self.directory),
            **settings,
        }
        return subprocess.Popen(
            [sys.executable, "-m", "migrator", "up"], env=environment, stderr=subprocess.PIPE, text=True
        )

    def up(self, **settings: str) -> tuple[int, str]:
        """The exit code and what was said."""
        process = self.start(**settings)
        said = process.communicate(timeout=120)[1]
        return process.returncode, said

    def write(self, name: str, text: str) -> None:
        (self.directory / name).write_text(text)
