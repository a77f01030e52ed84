"""What a process has used: its core and its memory."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Seconds of a core that a process has used, all threads, in user and in kernel mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid: int | str = "self") -> tuple[float, float]:
    """MiB of a process: PSS (what it shares counted in parts) and USS (what is its own alone)."""
    found: dict[str, int] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, size, *_ = line.split()
        found[name] = int(size)
    return found["Pss:"] / 1024, (found["Private_Clean:"] + found["Private_Dirty:"]) / 1024
