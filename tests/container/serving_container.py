"""An endpoint as the platform runs it: the image started with the argument `serve`, models mounted read-only, nothing else to
write to, no network. Requests are made from within its network namespace.
"""

import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from training_container import IMAGE, PODMAN, RUN_FLAGS, podman

CALL = Path(__file__).with_name("http_call.py")
MOST_START = 60  # seconds; the platform waits longer, SDK local mode 120
TIMEOUT = 120  # seconds for one call

numbers = itertools.count()


class Endpoint:
    def __init__(self, model=None, models=None, environment=None, port=8080):
        self.name = f"wordfire-serve-{os.getpid()}-{next(numbers)}"
        self.port = port
        volumes = [f"{model}:/opt/ml/model:ro"] if model else []
        volumes += [f"{models}:/opt/ml/models:ro"] if models else []
        command = ["run", "--detach", "--name", self.name, *RUN_FLAGS, "--read-only", "--read-only-tmpfs=false"]
        for volume in volumes:
            command += ["-v", volume]
        for name, value in (environment or {}).items():
            command += ["-e", f"{name}={value}"]
        podman(*command, IMAGE, "serve")

    def call(self, method, path, body=b"", **headers):
        """Status and body of an answer; status 0 while nobody listens."""
        inside = ["nsenter", "--target", str(self.pid()), "--net"]
        arguments = [f"{name.replace('_', '-')}:{value}" for name, value in headers.items()]
        command = [*inside, sys.executable, CALL, str(self.port), method, path, *arguments]
        done = subprocess.run(command, input=body, capture_output=True, timeout=TIMEOUT)
        if done.returncode != 0:
            return 0, done.stderr
        return int(done.stderr.split()[0]), done.stdout

    def ask(self, request, **headers):
        """The answer to a JSON request, which must succeed."""
        status, body = self.call("POST", "/invocations", json.dumps(request).encode(), Content_Type="application/json", **headers)
        if status != 200:
            raise AssertionError(f"status {status}: {body!r}\n{self.log()}")
        return json.loads(body)

    def pid(self):
        return self.state()["Pid"]

    def state(self):
        return json.loads(podman("inspect", self.name))[0]["State"]

    def wait_until_ready(self):
        end = time.monotonic() + MOST_START
        while self.call("GET", "/ping")[0] != 200:
            if time.monotonic() > end or not self.state()["Running"]:
                raise AssertionError(f"does not answer /ping:\n{self.log()}")
            time.sleep(0.05)
        return self

    def stop(self, seconds):
        """The exit status after SIGTERM, and SIGKILL that much later."""
        podman("stop", "--time", str(seconds), self.name)
        return self.state()["ExitCode"]

    def log(self):
        done = subprocess.run([*PODMAN, "logs", self.name], capture_output=True, text=True, timeout=TIMEOUT)
        return done.stdout + done.stderr

    def remove(self):
        subprocess.run([*PODMAN, "rm", "--force", "--ignore", self.name], capture_output=True, timeout=TIMEOUT)
