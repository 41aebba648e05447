"""How many cores this process may use: in a container often far fewer than the machine has."""

import os
from pathlib import Path

_CPU_MAX = Path("/sys/fs/cgroup/cpu.max")


def available_cores() -> int:
    """Return the number of cores by affinity and by the control group's quota, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    try:
        quota, period = _CPU_MAX.read_text(encoding="ascii").split()
        cores = min(cores, round(int(quota) / int(period)))
    except (OSError, ValueError):  # no control groups here, or no quota ("max")
        pass
    return max(1, cores)


def limit_threads() -> None:
    """Keep torch from starting more threads than there are cores; more make it slower."""
    import torch

    torch.set_num_threads(min(torch.get_num_threads(), available_cores()))
