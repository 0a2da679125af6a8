"""Hosts of a job on one machine: a network namespace for each, with a name and an address of its own.

The kernel's host name is none that the network knows, and the same everywhere, as badly as it can be. It needs root; a
script that uses it runs below `in_namespaces()`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

INSIDE = "WORDFIRE_INSIDE_NAMESPACES"
KERNEL_NAME = "ip-10-77-0-99.compute.internal"


def can_run():
    programs = all(map(shutil.which, ("unshare", "nsenter", "ip", "mpirun")))
    return programs and os.geteuid() == 0 and subprocess.run(
        ["unshare", "--net", "--mount", "--pid", "--fork", "ip", "link", "add", "wf", "type", "bridge"],
        capture_output=True).returncode == 0


def in_namespaces():
    """Starts the script again where it may make networks and mounts that end with it. Ends it where it may not."""
    if os.environ.get(INSIDE):
        return
    if not can_run():
        print("skipped: it needs root, network namespaces, ip and mpirun")
        sys.exit(0)
    command = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable, "-B", *sys.argv]
    sys.exit(subprocess.run(command, env={**os.environ, INSIDE: "1"}).returncode)


def run(*command):
    subprocess.run([*map(str, command)], check=True, capture_output=True)


class HostNetwork:
    """Hosts algo-1, algo-2, ... on a bridge; their addresses are 10.77.0.1, 10.77.0.2, ..."""

    def __init__(self, count):
        self.folder = Path(tempfile.mkdtemp(prefix="wfn-"))
        self.names = [f"algo-{i + 1}" for i in range(count)]
        self.holders = {}
        run("ip", "link", "add", "wf", "type", "bridge")
        run("ip", "link", "set", "wf", "up")
        # As in a container's own file of names, each is the machine itself first.
        (self.folder / "hosts").write_text("".join(f"127.0.1.1 {name}\n{self.address(name)} {name}\n" for name in self.names))
        run("mount", "--bind", self.folder / "hosts", "/etc/hosts")
        for name in self.names:
            self.add_host(name)

    def address(self, name):
        return f"10.77.0.{self.names.index(name) + 1}"

    def add_host(self, name):
        (self.folder / name).mkdir()
        script = f"hostname {KERNEL_NAME} && echo ready && exec sleep 10000"
        holder = subprocess.Popen(["unshare", "--net", "--uts", "sh", "-c", script], stdout=subprocess.PIPE)
        assert holder.stdout.readline() == b"ready\n"
        self.holders[name] = holder
        link = f"wf{len(self.holders)}"
        run("ip", "link", "add", link, "master", "wf", "type", "veth", "peer", "name", "eth0", "netns", str(holder.pid))
        run("ip", "link", "set", link, "up")
        run(*self.command_on(name, "ip", "addr", "add", f"{self.address(name)}/24", "dev", "eth0"))
        self.join(name)
        run(*self.command_on(name, "ip", "link", "set", "lo", "up"))

    def command_on(self, name, *command):
        """The command, started on the host; temporary files of each host lie apart."""
        space = ["nsenter", "--target", str(self.holders[name].pid), "--net", "--uts"]
        return [*space, "env", f"TMPDIR={self.folder}/{name}", *map(str, command)]

    def cut(self, name):
        """Nothing comes to this host, or from it, any more."""
        run(*self.command_on(name, "ip", "link", "set", "eth0", "down"))

    def join(self, name):
        run(*self.command_on(name, "ip", "link", "set", "eth0", "up"))

    def remove(self):
        for i, holder in enumerate(self.holders.values()):
            run("ip", "link", "del", f"wf{i + 1}")
            holder.kill()
            holder.wait()
            holder.stdout.close()
        run("umount", "/etc/hosts")
        run("ip", "link", "del", "wf")
        shutil.rmtree(self.folder)
