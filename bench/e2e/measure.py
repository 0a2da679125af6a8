"""Runs one command and says what it cost; describes the machine. For the scripts beside it."""

import contextlib
import hashlib
import json
import os
import platform
import resource
import subprocess
import time
from pathlib import Path


class Failed(Exception):
    """A command under measurement did not succeed."""


@contextlib.contextmanager
def source_of(stdin):
    """An open file; of a list of paths the end of a pipe that they come through one after the other."""
    if not isinstance(stdin, list):
        with open(stdin or os.devnull, "rb") as file:
            yield file
        return
    with subprocess.Popen(["cat", *map(str, stdin)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as cat:
        yield cat.stdout


def run(command, stdin=None, stdout=None, stderr=None, env=None):
    """Wall, user and system seconds and peak resident MiB of one command.

    `stdin`, `stdout`, `stderr`: paths, or None for /dev/null; of `stdin` also a list of paths, which come one after the other
    through a pipe and take no room on the disk. Peak memory is the kernel's own figure (wait4). It never is below this
    interpreter's own peak, which the command starts from: "floor_mib" says where that is.
    """
    command = [str(part) for part in command]
    with source_of(stdin) as source, open(stdout or os.devnull, "wb") as target, open(stderr or os.devnull, "wb") as log:
        load = os.getloadavg()[0]
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdin=source, stdout=target, stderr=log, env=env)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failed(f"exit status {process.returncode}: {' '.join(command)}")
    return {"command": command, "wall_s": round(wall, 4), "user_s": round(usage.ru_utime, 4),
            "system_s": round(usage.ru_stime, 4), "peak_mib": round(usage.ru_maxrss / 1024, 1),
            "floor_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1), "load_before": round(load, 2)}


def median(values):
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if len(ordered) % 2 else sum(ordered[len(ordered) // 2 - 1:][:2]) / 2


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def named(program):
    """("O3", "/path") of "O3=/path", with the file's name where there is none."""
    name, _, path = program.rpartition("=")
    return name or Path(path).name, Path(path)


def first_match(path, key):
    for line in Path(path).read_text().splitlines():
        if line.startswith(key):
            return line.split(":", 1)[1].strip()
    return "unknown"


def machine():
    return {"cpu": first_match("/proc/cpuinfo", "model name"), "cores": len(os.sched_getaffinity(0)),
            "memory": first_match("/proc/meminfo", "MemTotal"), "system": platform.platform()}


def commit(folder):
    """The commit of the sources, with "+changes" where the work tree differs."""
    def git(*arguments):
        try:
            return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True).stdout.strip()
        except FileNotFoundError:  # a machine without git
            return ""

    return (git("rev-parse", "HEAD") or "unknown") + ("+changes" if git("status", "--porcelain", "-uno") else "")


def drop_page_cache():
    """Files must be read from the disk again. Wants root."""
    os.sync()
    Path("/proc/sys/vm/drop_caches").write_text("3\n")


def write_report(path, sources, peers, runs, **more):
    """All runs as JSON, with the machine, the commit of the folder `sources`, and which peers (name to program) they were."""
    report = {"machine": machine(), "commit": commit(sources), "when": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
              "fasttext": {name: sha256(program) for name, program in peers.items()}, **more, "runs": runs}
    path.write_text(json.dumps(report, indent=1, default=str) + "\n")
