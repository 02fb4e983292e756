"""How long this process has lived, its interpreter's own start included."""

import os
import time
from pathlib import Path


def seconds_since_start() -> float:
    """From the kernel's clock, to 10 ms (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html)."""
    started_ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started_ticks / os.sysconf("SC_CLK_TCK")
