"""A training job on several hosts as the platform runs it: a container for each on a network of their own, which they know by
the names in resourceconfig.json, and which their kernels call otherwise."""

import time
import unittest
from pathlib import Path

from training_container import IMAGE, LIMITS, Job, podman

HOST_WAIT = 40  # seconds for a host that never comes


class HostNetwork:
    """A network with names, to which nothing else is connected. SkipTest where containers can have none."""

    def __init__(self):
        self.name = f"wordfire-test-{time.time_ns()}"
        podman("network", "create", "--internal", self.name)
        try:
            podman("run", "--rm", *LIMITS, "--network", self.name, IMAGE, "true")
        except AssertionError as error:
            self.remove()
            raise unittest.SkipTest(f"containers can have no network here: {error}") from None

    def cut(self, container):
        podman("network", "disconnect", self.name, container)

    def remove(self):
        podman("network", "rm", "--force", self.name)


class HostJob(Job):
    """One of the hosts."""

    def __init__(self, folder, hyperparameters, network, host, hosts, checkpoints=None):
        super().__init__(folder, hyperparameters, checkpoints)
        self.network, self.host = network, host
        # As in the platform's documentation; there is no such interface.
        self.write_config("resourceconfig", {"current_host": host, "hosts": hosts, "network_interface_name": "ethwe"})

    def add_share(self, channel, form, examples):
        """The host's own objects, perhaps none."""
        self.add_channel(channel, form, examples)
        self.channels[channel]["S3DistributionType"] = "ShardedByS3Key"
        self.write_config("inputdataconfig", self.channels)
        if not examples:
            (self.folder / "input/data" / channel / "part-0").unlink()

    def run_flags(self):
        kernel_name = f"ip-10-0-208-{self.host.rpartition('-')[2]}.us-east-2.compute.internal"
        return [*LIMITS, "--network", self.network.name, "--network-alias", self.host, "--hostname", kernel_name,
                "-e", f"WORDFIRE_HOST_WAIT={HOST_WAIT}"]


class ClusterJob:
    def __init__(self, folder, hyperparameters, network, size, checkpoints=False):
        """hyperparameters: of all hosts, or of each."""
        self.names = [f"algo-{i + 1}" for i in range(size)]
        self.is_classifier = "supervised" in str(hyperparameters)
        each = hyperparameters if isinstance(hyperparameters, list) else [hyperparameters] * size
        self.hosts = {}
        for name, values in zip(self.names, each):
            kept = Path(folder) / f"checkpoints-{name}" if checkpoints else None
            self.hosts[name] = HostJob(Path(folder) / name, values, network, name, self.names, kept)

    def __getitem__(self, name):
        return self.hosts[name]

    def start(self, *but):
        for name, host in self.hosts.items():
            if name not in but:
                host.start()

    def wait(self, *but):
        """Exit status of each host, in order."""
        return [host.wait() for name, host in self.hosts.items() if name not in but]

    def log(self):
        return "\n".join(f"--- {name}\n{host.log()}" for name, host in self.hosts.items())

    def failures(self, *but):
        return {host.failure() for name, host in self.hosts.items() if name not in but}

    def remove(self):
        for host in self.hosts.values():
            host.remove()
