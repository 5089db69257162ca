from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from datetime import timedelta

from bot.charting.encoding import encode
from bot.domain.charts import Chart
from bot.errors import ChartFailed

#: A chart takes a second or two; the first one in a container looks for the fonts, too.
TIMEOUT = timedelta(seconds=20)

_COMMAND = (sys.executable, "-m", "bot.charting")
#: What the process is to know of the environment: no secrets.
_PASSED_ON = ("HOME", "MPLCONFIGDIR", "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "TMPDIR")
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Charts:
    """One is drawn at a time. Handlers get it by the parameter name `charts`."""

    def __init__(self, timeout: timedelta = TIMEOUT) -> None:
        self._timeout = timeout.total_seconds()
        self._turn = asyncio.Lock()

    async def draw(self, chart: Chart) -> bytes:
        """As a PNG. Raises ChartFailed, also where that takes longer than the timeout."""
        try:
            async with asyncio.timeout(self._timeout), self._turn:
                return await _drawn(json.dumps(encode(chart)).encode())
        except TimeoutError:
            raise ChartFailed(f"not drawn in {self._timeout:g} s") from None
        except OSError as error:
            raise ChartFailed(f"no process to draw in: {error}") from error


async def _drawn(described: bytes) -> bytes:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=pipe, stdout=pipe, stderr=pipe, env=_environment())
    try:
        picture, said = await process.communicate(described)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode or not picture.startswith(_SIGNATURE):
        last_words = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise ChartFailed(f"exit code {process.returncode}: {last_words}")
    return picture


def _environment() -> dict[str, str]:
    given = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    # Its threads would be as many as the machine has cores, and the container may not have as many.
    return given | {"OPENBLAS_NUM_THREADS": "1"}
