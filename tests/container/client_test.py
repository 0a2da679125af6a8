"""The real client: docker/estimator.py trains with the image by the SageMaker Python SDK in local mode.

The SDK starts containers through Docker Compose; here that talks to podman's Docker-compatible service. Skipped where the SDK
(version 2) or the programs it calls are not installed.
"""

import os
import shutil
import subprocess
import tarfile
import tempfile
import time
import unittest
from pathlib import Path

from forms import as_text
from interpreters import python_with  # of tests/parity
from notebook_job import JobTest, channels
from training_container import IMAGE, PODMAN, podman

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("docker", "docker-compose")  # the SDK calls `docker compose`, and docker-compose where that is not installed
SERVICE_STARTS = 20  # seconds
TIMEOUT = 300  # seconds
# The limits and the runtime that this test's other containers have as flags.
CONTAINERS_CONF = """
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
[engine]
runtime = "runc"
"""
NO_TELEMETRY = "SchemaVersion: '1.0'\nSageMaker: {PythonSDK: {Modules: {TelemetryOptOut: true}}}\n"


def missing():
    """What keeps the client from running here, or None."""
    if not python_with("sagemaker.local"):
        return "no Python with the SageMaker SDK (pip install 'sagemaker<3'; WORDFIRE_PEER_PYTHON names one)"
    absent = [program for program in PROGRAMS if not shutil.which(program)]
    return f"not installed: {' '.join(absent)}" if absent else None


@unittest.skipIf(missing(), missing())
class LocalMode(JobTest):
    def setUp(self):
        super().setUp()
        (self.folder / "containers.conf").write_text(CONTAINERS_CONF)
        (self.folder / "sagemaker.yaml").write_text(NO_TELEMETRY)
        self.start_service()
        for channel, examples in channels().items():
            (self.folder / channel).mkdir()
            (self.folder / channel / "part-0").write_bytes(as_text(examples))

    def start_service(self):
        socket = self.folder / "podman.sock"
        environment = {**os.environ, "CONTAINERS_CONF": str(self.folder / "containers.conf")}
        networks = self.folder / "networks"
        command = [*PODMAN, "--network-config-dir", networks, "system", "service", "--time", "0", f"unix://{socket}"]
        self.service = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.stop_service)
        end = time.monotonic() + SERVICE_STARTS
        while not socket.exists():
            self.assertLess(time.monotonic(), end, "podman system service does not start")
            time.sleep(0.05)
        self.docker_host = f"unix://{socket}"

    def stop_service(self):
        self.service.terminate()
        self.service.wait()
        podman("rm", "--all", "--force")

    def fit(self):
        """What docker/estimator.py prints."""
        uri = f"file://{self.folder}"
        (self.folder / "out").mkdir()
        command = [python_with("sagemaker.local"), "-B", ROOT / "docker/estimator.py", "--image", IMAGE, "--region", "us-east-1"]
        command += ["--train", f"{uri}/train", "--validation", f"{uri}/validation", "--output", f"{uri}/out"]
        environment = {
            **os.environ,
            "DOCKER_HOST": self.docker_host,
            "SAGEMAKER_USER_CONFIG_OVERRIDE": str(self.folder / "sagemaker.yaml"),
            "AWS_ACCESS_KEY_ID": "none",  # looked for on the network otherwise
            "AWS_SECRET_ACCESS_KEY": "none",
        }
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_the_example_trains_a_model_that_fasttext_reads(self):
        log = self.fit()
        score = self.metrics(log)["validation:accuracy"]
        with tarfile.open(self.folder / "out/model.tar.gz") as archive:
            archive.extract("model.bin", self.folder)
        self.assertAgreesWithFasttext(self.folder / "model.bin", score)


if __name__ == "__main__":
    unittest.main(verbosity=2)
