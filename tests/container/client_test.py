"""The real client: docker/estimator.py trains with the image by the SageMaker Python SDK in local mode, hosts and transforms there,
and asks the cloud for a job.

The SDK starts containers through Docker Compose; here that talks to podman's Docker-compatible service. Skipped where the SDK
(version 2) or the programs it calls are not installed.
"""

import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
import unittest
from pathlib import Path

from forms import as_text
from interpreters import python_with  # of tests/parity
from notebook import NOTEBOOK  # of tests/parity
from notebook_job import METRICS, JobTest, channels
from training_container import IMAGE, PODMAN, podman

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("docker", "docker-compose")  # the SDK calls `docker compose`, and docker-compose where that is not installed
SERVICE_STARTS = 20  # seconds
TIMEOUT = 600  # seconds; the SDK alone takes half a minute to start, more beside other programs
LINES = 500  # that are labelled
# The limits and the runtime that this test's other containers have as flags.
CONTAINERS_CONF = """
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
[engine]
runtime = "runc"
"""
NO_TELEMETRY = "SchemaVersion: '1.0'\nSageMaker: {PythonSDK: {Modules: {TelemetryOptOut: true}}}\n"


NO_SDK = "no Python with the SageMaker SDK (pip install 'sagemaker<3'; WORDFIRE_PEER_PYTHON names one)"
BUCKET = "s3://bucket"
ADDRESS = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/wordfire:latest"


def client_environment(folder):
    """What keeps the SDK from asking the network."""
    (folder / "sagemaker.yaml").write_text(NO_TELEMETRY)
    return {
        **os.environ,
        "SAGEMAKER_USER_CONFIG_OVERRIDE": str(folder / "sagemaker.yaml"),
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
    }


@unittest.skipUnless(python_with("sagemaker.local"), NO_SDK)
class Cloud(JobTest):
    def request(self, *arguments):
        """What docker/estimator.py would ask the service for."""
        script = Path(__file__).with_name("cloud_request.py")
        command = [python_with("sagemaker.local"), "-B", script, "--image", ADDRESS, "--region", "eu-west-1", *arguments]
        command += ["--train", f"{BUCKET}/train", "--validation", f"{BUCKET}/validation", "--output", f"{BUCKET}/out"]
        done = subprocess.run(command, env=client_environment(self.folder), capture_output=True, text=True, timeout=TIMEOUT)
        lines = [line for line in done.stdout.splitlines() if line.startswith("request: ")]
        self.assertEqual(len(lines), 1, done.stdout + done.stderr)
        return json.loads(lines[0].removeprefix("request: "))

    def test_it_asks_for_blazingtexts_job_and_its_metrics(self):
        request = self.request()
        self.assertEqual(request["HyperParameters"], {key: str(value) for key, value in NOTEBOOK.items()})
        metrics = {metric["Name"]: metric["Regex"] for metric in request["AlgorithmSpecification"]["MetricDefinitions"]}
        self.assertEqual({name: metrics[name] for name in METRICS}, METRICS)
        self.assertNotIn("CheckpointConfig", request)

    def test_on_spot_machines_it_asks_for_checkpoints(self):
        request = self.request("--spot")
        self.assertTrue(request["EnableManagedSpotTraining"])
        self.assertEqual(request["CheckpointConfig"], {"S3Uri": f"{BUCKET}/out/checkpoints"})


@unittest.skipUnless(python_with("sagemaker.local"), NO_SDK)
@unittest.skipUnless(all(map(shutil.which, PROGRAMS)), f"not installed: {' or '.join(PROGRAMS)}")
class LocalMode(JobTest):
    def setUp(self):
        super().setUp()
        (self.folder / "containers.conf").write_text(CONTAINERS_CONF)
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

    def fit(self, *more):
        """What docker/estimator.py prints."""
        uri = f"file://{self.folder}"
        (self.folder / "out").mkdir()
        command = [python_with("sagemaker.local"), "-B", ROOT / "docker/estimator.py", "--image", IMAGE, "--region", "us-east-1"]
        command += ["--train", f"{uri}/train", "--validation", f"{uri}/validation", "--output", f"{uri}/out", *more]
        environment = {**client_environment(self.folder), "DOCKER_HOST": self.docker_host}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_the_example_trains_a_model_that_fasttext_reads(self):
        log = self.fit()
        score = self.metrics(log)["validation:accuracy"]
        with tarfile.open(self.folder / "out/model.tar.gz") as archive:
            archive.extract("model.bin", self.folder)
        self.assertAgreesWithFasttext(self.folder / "model.bin", score)

    def write_requests(self):
        """A folder of JSON lines for batch transform; returns what they are."""
        (self.folder / "requests").mkdir()
        requests = [{"id": i, "source": f"the company number {i} makes engines", "k": 1 + i % 3} for i in range(LINES)]
        (self.folder / "requests/part-0").write_text("\n".join(map(json.dumps, requests)) + "\n")
        return requests

    def test_the_example_hosts_its_model_and_labels_a_folder(self):
        requests = self.write_requests()
        log = self.fit("--deploy", "--transform", f"file://{self.folder}/requests")
        self.assertEqual(len(re.findall(r"\{.*'label': \['__label__\w+', '__label__\w+'\].*\}", log)), 2, log)
        lines = next((self.folder / "out/labelled").rglob("part-0.out")).read_text().splitlines()
        answers = [json.loads(line) for line in lines]
        self.assertEqual([len(answer["prob"]) for answer in answers], [request["k"] for request in requests])


if __name__ == "__main__":
    unittest.main(verbosity=2)
