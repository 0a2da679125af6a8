"""The program `serve` as the platform starts it: its settings are variables, its models lie in a folder that stands for /opt/ml.
It listens on the loopback alone, on a port that is free.
"""

import collections
import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

MOST_WAIT = 60  # seconds
MOST_STOP = 25
TIMEOUT = 60
LISTENING = re.compile(r"port (\d+)")


class Asking(threading.Thread):
    """A client that sends the same request again and again, while `with` lasts; what it was answered."""

    def __init__(self, port, path, body):
        super().__init__()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        self.request = ("POST", path, body, {"Content-Type": "application/json"})
        self.ending = threading.Event()
        self.answers = collections.Counter()  # (status, body); how often

    def run(self):
        try:
            while not self.ending.is_set():
                self.connection.request(*self.request)
                answer = self.connection.getresponse()
                self.answers[answer.status, answer.read()] += 1
        except OSError as error:
            self.answers[0, str(error).encode()] += 1

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.join()
        self.connection.close()


class Hosting:
    def __init__(self, program, base, **variables):
        self.log_path = base / "serve.log"
        environment = {
            **os.environ,
            "SAGEMAKER_BASE_DIR": str(base),
            "SAGEMAKER_BIND_TO_PORT": "0",
            "WORDFIRE_ADDRESS": "127.0.0.1",
            **variables,
        }
        self.started = time.monotonic()
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([program, "serve"], env=environment, stdout=log, stderr=log)

    def log(self):
        return self.log_path.read_text()

    def wait_until(self, happened):
        """What happened() returns, as soon as that is true."""
        end = time.monotonic() + MOST_WAIT
        while time.monotonic() < end and self.process.poll() is None:
            if result := happened():
                return result
            time.sleep(0.005)
        raise AssertionError(f"ended or hangs:\n{self.log()}")

    def port(self):
        return int(self.wait_until(lambda: LISTENING.search(self.log())).group(1))

    def wait_until_ready(self):
        """Seconds from the start to /ping's first 200."""
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port(), timeout=TIMEOUT)
        self.wait_until(lambda: self.call("GET", "/ping")[0] == 200)
        return time.monotonic() - self.started

    def memory(self):
        """Bytes that it holds."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def processor_seconds(self):
        """What the process has used of them up to now."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def call(self, method, path, body=None, **headers):
        """Status and body."""
        self.connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def invoke(self, body, content_type="application/json"):
        """The body of an answer with status 200."""
        status, answer = self.call("POST", "/invocations", body, Content_Type=content_type)
        if status != 200:
            raise AssertionError(f"status {status}: {answer[:500]!r}")
        return answer

    def ask(self, *instances, **configuration):
        return json.loads(self.invoke(json.dumps({"instances": instances, "configuration": configuration})))

    def stop(self):
        """The exit status after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(MOST_STOP)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if hasattr(self, "connection"):
            self.connection.close()
