"""What processes cost: CPU and memory, as Linux counts them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.integration.postgres import Server, docker

#: In the container: what all its processes have used, in the words of cgroup v2 or v1.
_CONTAINER_CPU = "cat /sys/fs/cgroup/cpu.stat 2>/dev/null || cat /sys/fs/cgroup/cpuacct/cpuacct.usage"


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads."""
    # The name in parentheses may hold anything.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def machine_cpu_seconds() -> float:
    """Of all cores, with what the hypervisor gave to others."""
    user, nice, system, _, _, irq, softirq, steal = Path("/proc/stat").read_text().split()[1:9]
    return sum(map(int, (user, nice, system, irq, softirq, steal))) / os.sysconf("SC_CLK_TCK")


def server_cpu_seconds(server: Server) -> float:
    said = docker("exec", server.container, "sh", "-c", _CONTAINER_CPU)
    if found := re.search(r"^usage_usec (\d+)$", said, re.MULTILINE):
        return int(found[1]) / 1e6
    return int(said) / 1e9


def peak_memory(pid: int) -> float:
    """MiB, since the process began to run its program."""
    return _peak(Path(f"/proc/{pid}/status").read_text())


def peak_memory_of_aiogram() -> float:
    """MiB of a process that imports aiogram, and does nothing else."""
    program = "import aiogram; print(open('/proc/self/status').read())"
    return _peak(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout)


def _peak(status: str) -> float:
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024
