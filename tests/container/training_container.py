"""A training job as the platform runs it: a folder of its own as /opt/ml, the image started with the argument `train`."""

import itertools
import json
import os
import signal
import subprocess
import time
from pathlib import Path

from fifo_feeder import FifoFeeder

# The command that starts podman with the tests' own storage, and the image under test; tests/container/run sets both.
PODMAN = os.environ["WORDFIRE_PODMAN"].split()
IMAGE = os.environ["WORDFIRE_IMAGE"]
# What small virtual machines need: crun and high limits fail there.
LIMITS = ["--runtime", "runc", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"]
# A job has no network: it may not call out.
RUN_FLAGS = [*LIMITS, "--network", "none"]
TIMEOUT = 300  # seconds that one job may take

numbers = itertools.count()


def podman(*arguments, timeout=TIMEOUT):
    done = subprocess.run([*PODMAN, *arguments], capture_output=True, text=True, timeout=timeout)
    if done.returncode != 0:
        raise AssertionError(f"podman {' '.join(arguments)}: status {done.returncode}\n{done.stderr}")
    return done.stdout


def run_image(*command):
    """Standard output of a command in a fresh container."""
    return podman("run", "--rm", *RUN_FLAGS, IMAGE, *command)


class Job:
    """The folders and files that the platform makes before it starts a container, and what it finds there afterwards."""

    def __init__(self, folder, hyperparameters, checkpoints=None):
        self.folder = Path(folder)
        self.name = f"wordfire-test-{os.getpid()}-{next(numbers)}"
        self.channels = {}
        self.feeders = []
        self.checkpoints = checkpoints
        for part in ("input/config", "input/data", "model", "output/data"):
            (self.folder / part).mkdir(parents=True)
        self.write_config("hyperparameters", {key: str(value) for key, value in hyperparameters.items()})
        self.write_config("resourceconfig", {"current_host": "algo-1", "hosts": ["algo-1"], "network_interface_name": "eth0"})
        if checkpoints:
            checkpoints.mkdir(exist_ok=True)
            self.write_config("checkpointconfig", {"LocalPath": "/opt/ml/checkpoints", "S3Uri": "s3://none/checkpoints"})

    def write_config(self, name, value):
        (self.folder / "input/config" / f"{name}.json").write_text(json.dumps(value))

    def add_channel(self, channel, form, examples):
        data = self.folder / "input/data"
        content = form.encode(examples)
        if form.mode == "Pipe":
            self.feeders.append(FifoFeeder(data, channel, content))
        else:
            (data / channel).mkdir()
            (data / channel / "part-0").write_bytes(content)
            (data / f"{channel}-manifest").write_text("{}")
        self.channels[channel] = form.settings()
        self.write_config("inputdataconfig", self.channels)

    def run_flags(self):
        return [*RUN_FLAGS, "-e", f"TRAINING_JOB_NAME={self.name}"]

    def start(self):
        volumes = ["-v", f"{self.folder}:/opt/ml"]
        if self.checkpoints:
            volumes += ["-v", f"{self.checkpoints}:/opt/ml/checkpoints"]
        for feeder in self.feeders:
            feeder.start()
        command = [*PODMAN, "run", "--rm", "--name", self.name, *self.run_flags(), *volumes, IMAGE, "train"]
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def passes(self, channel):
        return next(feeder.passes for feeder in self.feeders if feeder.channel == channel)

    def wait(self):
        """The exit status, once the container is gone."""
        try:
            return self.process.wait(TIMEOUT)
        finally:
            self.remove()
            for feeder in self.feeders:
                feeder.stop()

    def run(self):
        self.start()
        return self.wait()

    def wait_until(self, happened):
        """Waits until happened() while the job runs."""
        end = time.monotonic() + TIMEOUT
        while not happened():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"ended or hangs before what was waited for:\n{self.log()}")
            time.sleep(0.02)

    def send(self, number):
        podman("kill", "--signal", signal.Signals(number).name, self.name)

    def remove(self):
        """Ends what a failed test left."""
        subprocess.run([*PODMAN, "rm", "--force", "--ignore", self.name], capture_output=True, timeout=TIMEOUT)

    def model(self, name="model.bin"):
        return self.folder / "model" / name

    def failure(self):
        path = self.folder / "output/failure"
        return path.read_text() if path.exists() else ""
