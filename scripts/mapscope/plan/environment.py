"""What a reader must know of the machine to judge a number, read from the kernel itself.

Facts that hold for a whole run are in `describe_machine`; those that move while it
goes on (load, frequency) are in `describe_moment`, taken before and after.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

from mapscope.fact import Fact, from_file, known, unknown
from mapscope.plan.records import CacheEntry, Environment, Moment

SYS_CPU = Path("/sys/devices/system/cpu")
NO_CPUFREQ = "the kernel offers no cpufreq here, as is usual in a virtual machine"


def describe_machine(cpu: int | None, pinned: Fact) -> Environment:
    """The machine as seen from `cpu` (the one measured on), with `pinned` passed through."""
    cpuinfo = _cpuinfo()
    index = cpu if cpu is not None else 0
    return Environment(
        cpu_model=cpu_model(cpuinfo),
        cpu_vendor=cpuinfo.get("vendor_id", "unknown"),
        architecture=platform.machine(),
        logical_cpus=os.cpu_count() or 1,
        caches=describe_caches(cpu),
        pinned_cpu=pinned,
        governor=from_file(SYS_CPU / f"cpu{index}/cpufreq/scaling_governor", NO_CPUFREQ),
        turbo=_turbo(),
        page_bytes=os.sysconf("SC_PAGE_SIZE"),
        transparent_hugepage=from_file(
            Path("/sys/kernel/mm/transparent_hugepage/enabled"), "the kernel has no such setting"
        ),
        memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        virtualisation=_virtualisation(cpuinfo),
        kernel=f"{platform.system()} {platform.release()}",
        os=_os_name(),
        hostname=platform.node(),
        python=platform.python_version(),
        usable_cpus=usable_cpus(),
        usable_cores=_usable_cores(usable_cpus()),
    )


def usable_cpus() -> list[int]:
    """Those that this process, and so what it starts, may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def _usable_cores(cpus: list[int]) -> Fact:
    """How many cores have these hardware threads."""
    cores = set()
    for cpu in cpus:
        siblings = from_file(SYS_CPU / f"cpu{cpu}/topology/thread_siblings_list", "the kernel describes no cores")
        if siblings.value is None:
            return siblings
        cores.add(siblings.value)
    return known(len(cores))


def cpu_model(cpuinfo: dict[str, str]) -> str:
    """Of one processor of /proc/cpuinfo; on ARM, which has no name there, implementer and part.

    The same as harness/machine.cpp says.
    """
    for name in ("model name", "cpu model", "cpu"):
        if cpuinfo.get(name):
            return cpuinfo[name]
    if {"CPU implementer", "CPU part"} <= cpuinfo.keys():
        return f"ARM implementer {cpuinfo['CPU implementer']}, part {cpuinfo['CPU part']}"
    return platform.processor() or platform.machine()


def describe_moment(cpu: int | None) -> Moment:
    """Load average over one minute, and the measured CPU's frequency in MHz."""
    return Moment(
        load_average_1min=round(os.getloadavg()[0], 2),
        frequency_mhz=_frequency_mhz(cpu if cpu is not None else 0),
    )


def stolen_ms(cpu: int | None) -> float | None:
    """Milliseconds the hypervisor has withheld `cpu` since boot; None where it is not reported."""
    label = "cpu" if cpu is None else f"cpu{cpu}"
    try:
        for line in Path("/proc/stat").read_text().splitlines():
            fields = line.split()
            if fields[0] == label:
                return 1000 * int(fields[8]) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        pass
    return None


def waited_ms(pid: int) -> float | None:
    """Milliseconds the process was ready to run but another had its CPU; None where it is not reported."""
    try:
        return round(int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e6, 2)
    except (OSError, IndexError, ValueError):
        return None


def _cpuinfo() -> dict[str, str]:
    try:
        first = Path("/proc/cpuinfo").read_text().split("\n\n")[0]
    except OSError:
        return {}
    pairs = (line.partition(":") for line in first.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, _, value in pairs}


def describe_caches(cpu: int | None) -> list[CacheEntry]:
    """One entry per cache that `cpu` sees, from sysfs; empty where sysfs has none."""

    def number(path: Path) -> int | None:
        try:
            return int(path.read_text())
        except (OSError, ValueError):
            return None

    caches = []
    for index in sorted((SYS_CPU / f"cpu{cpu or 0}/cache").glob("index*")):
        try:
            size = (index / "size").read_text().strip()
            scale = {"K": 1024, "M": 1024**2, "G": 1024**3}
            count = int(size[:-1]) * scale[size[-1]] if size[-1] in scale else int(size)
            caches.append(
                CacheEntry(
                    level=int((index / "level").read_text()),
                    type=(index / "type").read_text().strip(),
                    bytes=count,
                    line_bytes=number(index / "coherency_line_size"),
                    ways=number(index / "ways_of_associativity"),
                    shared_by=(index / "shared_cpu_list").read_text().strip(),
                )
            )
        except (OSError, ValueError, IndexError):
            continue  # a cache the kernel half describes is left out rather than guessed
    return caches


def _frequency_mhz(cpu: int) -> Fact:
    fact = from_file(SYS_CPU / f"cpu{cpu}/cpufreq/scaling_cur_freq", NO_CPUFREQ)
    if fact.value is not None:
        return known(round(int(fact.value) / 1000, 1))
    nominal = _cpuinfo().get("cpu MHz")
    reported = f"; /proc/cpuinfo says {nominal} MHz, which need not be the frequency at work" if nominal else ""
    return unknown(NO_CPUFREQ + reported)


def _turbo() -> Fact:
    intel = SYS_CPU / "intel_pstate/no_turbo"
    if intel.exists():
        return known(intel.read_text().strip() == "0")
    boost = SYS_CPU / "cpufreq/boost"
    if boost.exists():
        return known(boost.read_text().strip() == "1")
    return unknown("neither intel_pstate/no_turbo nor cpufreq/boost is offered by this kernel")


def _virtualisation(cpuinfo: dict[str, str]) -> Fact:
    """The hypervisor's name, or "none" on bare metal; a container counts as what it runs on."""
    if tool := shutil.which("systemd-detect-virt"):
        answer = subprocess.run([tool, "--vm"], capture_output=True, text=True, check=False).stdout.strip()
        if answer:
            return known(answer)
    if "hypervisor" in cpuinfo.get("flags", "").split():
        vendor = from_file(Path("/sys/devices/virtual/dmi/id/sys_vendor"), "no DMI table").value
        return known(vendor or "a hypervisor that does not give its name")
    if cpuinfo.get("flags"):
        return known("none")
    return unknown("there are neither systemd-detect-virt nor CPU flags")


def _os_name() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()
