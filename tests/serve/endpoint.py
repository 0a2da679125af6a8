"""Servers in tests: `wordfire serve` with a small model, on a free port of the loopback interface, and a client that can
send any bytes. Scripts end with `endpoint.main()`; their first argument, or the variable WORDFIRE_PROGRAM, is the path of
`wordfire`."""

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

import program  # noqa: E402

LONG = program.LONG
SLOWNESS = float(os.environ.get("WORDFIRE_SLOWNESS", "1"))
PING = b"GET /ping HTTP/1.1\r\nHost: test\r\n\r\n"


def post(body, path="/invocations", content_type="application/json"):
    head = f"POST {path} HTTP/1.1\r\nHost: test\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def instances(count, words="red green blue cat dog"):
    return json.dumps({"instances": [f"{words} {i}" for i in range(count)]}).encode()


class Ended(Exception):
    """The server has ended the connection."""


class Client:
    """One connection."""

    def __init__(self, port, seconds=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def read(self):
        """The next answer: status, headers in small letters, body."""
        while b"\r\n\r\n" not in self.received:
            self.receive()
        head, self.received = self.received.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
        length = int(headers.get("content-length", 0))
        while len(self.received) < length:
            self.receive()
        body, self.received = self.received[:length], self.received[length:]
        return int(lines[0].split()[1]), headers, body

    def receive(self):
        data = self.socket.recv(1 << 16)
        if not data:
            raise Ended
        self.received += data

    def ask(self, data):
        self.send(data)
        return self.read()


class Endpoint:
    """A running server; `with` ends it."""

    def __init__(self, path, model, *options, environment=None, preexec=None):
        command = [path, "serve", "-model", str(model), "-port", "0", *map(str, options)]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, **(environment or {})},
                                        preexec_fn=preexec)
        self.log = []
        self.port = self.await_line(r"port (\d+)")
        self.await_line("ready$")
        self.reader = threading.Thread(target=self.read_log, daemon=True)
        self.reader.start()

    def await_line(self, pattern):
        """The first group of the line that matches, as a number if there is one."""
        for line in iter(self.process.stderr.readline, b""):
            self.log.append(line.decode())
            if match := re.search(pattern, self.log[-1].rstrip("\n")):
                return int(match[1]) if match.groups() else None
        raise AssertionError(f"the server ended: {self.log}")

    def read_log(self):
        for line in iter(self.process.stderr.readline, b""):
            self.log.append(line.decode())

    def __enter__(self):
        return self

    def __exit__(self, error, *_):
        ended = self.process.poll()
        if ended is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stderr.close()
        if error is not None:
            print(f"the server, exit status {ended}, said:", *self.log[-40:], file=sys.stderr)

    def client(self, seconds=30):
        return Client(self.port, seconds)

    def ask(self, data):
        with self.client() as client:
            return client.ask(data)

    def stop(self, sent=signal.SIGTERM, seconds=30):
        """Asks it to stop; the exit status, and how long it took."""
        begun = time.monotonic()
        self.process.send_signal(sent)
        return self.process.wait(seconds), time.monotonic() - begun

    def memory(self):
        """Resident bytes."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * resource.getpagesize()

    def files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def metric(self, name):
        text = self.ask(b"GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n")[2].decode()
        return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)[1])


class Case(program.Case):
    def serve(self, *options, **settings):
        return Endpoint(self.program, self.model(), *options, **settings)

    def assert_serves(self, endpoint):
        status, _, body = endpoint.ask(post(b'{"instances": ["cat dog cow"]}'))
        self.assertEqual(status, 200, body)
        self.assertEqual(json.loads(body)[0]["label"], ["__label__animal"])


def percentile(values, share):
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def allow_files(count):
    """Raises this process's limit of open files; a test that needs more than there can be is skipped."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise program.unittest.SkipTest(f"the limit of open files is {hard}, want {count}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count), hard))


main = program.main
