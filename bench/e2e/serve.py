"""The server under load from Debian's `wrk`, and fastText behind Python's servers under the same load.

usage: serve.py --wordfire PROGRAM [--python VENV/bin/python] [options]

What it shows, each as the median of --repeats runs of --seconds, with the 14-class model of DBpedia (-dim 10 -wordNgrams 2), texts
of its test file, 64 connections that stay open:
  one      requests/s and latencies, one instance a request; the server on one core and wrk on another
  batch    instances/s, 500 a request, likewise
  both     one instance a request on all cores, for the peers
  peers    the same from gunicorn (sync workers), uvicorn and FastAPI with fasttext's Python module, a worker a core, and with two
  cold     from the start of the program to the first 200 of /ping, with a .bin of 400 MB
--python is the interpreter of a virtual environment that has the packages fasttext, gunicorn, uvicorn (with httptools and
uvloop) and, if wanted, fastapi; without it there are no peers. Results: a table on standard output, and everything in --json.
"""

import argparse
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import measure

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "parity"))

import data  # noqa: E402

TRAINING = ("-dim", "10", "-wordNgrams", "2", "-bucket", "2000000", "-epoch", "5", "-lr", "0.5", "-verbose", "0")
LARGE = ("-dim", "100", "-wordNgrams", "2", "-bucket", "850000", "-epoch", "1", "-lr", "0.5", "-verbose", "0")
CONNECTIONS = 64
TEXTS = 2000
ALL_ROWS = ("one", "batch", "both", "peers", "cold")
PORT = 18080

# Requests are made once; each connection goes through them in turn.
SCRIPT = """
local requests = {}
local at = 0
init = function()
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  for body in io.lines("%s") do requests[#requests + 1] = wrk.format(nil, "/invocations", nil, body) end
end
request = function()
  at = at %% #requests + 1
  return requests[at]
end
"""


class Server:
    """A process that listens on PORT, with all its children; `with` ends them."""

    def __init__(self, command, cores=None, **environment):
        pinned = ["taskset", "-c", cores] if cores else []
        self.begun = time.perf_counter()
        self.process = subprocess.Popen([*pinned, *map(str, command)], env={**os.environ, **environment}, cwd=Path(__file__).parent,
                                        stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(30)

    def await_answer(self, request, seconds=60):
        """Seconds from the start to the first answer 200."""
        while time.perf_counter() - self.begun < seconds:
            try:
                with socket.create_connection(("127.0.0.1", PORT), timeout=10) as client:
                    client.sendall(request)
                    if client.recv(100).startswith(b"HTTP/1.1 200"):
                        return time.perf_counter() - self.begun
            except OSError:
                pass
            time.sleep(0.001)
        raise measure.Failed("the server did not answer")


class Bench:
    def __init__(self, options):
        self.options = options
        self.work = options.work
        self.work.mkdir(parents=True, exist_ok=True)
        self.data_set = data.single_label()
        self.runs = []

    def model(self, name, training):
        path = self.work / f"{name}.bin"
        if not path.exists():
            measure.run([self.options.wordfire, "supervised", "-input", self.data_set.train, "-output", self.work / name, *training])
        return path

    def texts(self):
        with open(self.data_set.test) as lines:
            for line in itertools.islice(lines, TEXTS):
                yield " ".join(word for word in line.split() if not word.startswith("__label__"))

    def script(self, per_request):
        """wrk's script for requests of so many instances each."""
        texts = list(self.texts())
        bodies = self.work / f"bodies-{per_request}.txt"
        with open(bodies, "w") as file:
            for i in range(0, len(texts), per_request):
                file.write(json.dumps({"instances": texts[i:i + per_request]}) + "\n")
        path = self.work / f"requests-{per_request}.lua"
        path.write_text(SCRIPT % bodies)
        return path

    def load(self, row, program, per_request, cores=None):
        """One run of wrk; what it says."""
        command = [*(["taskset", "-c", cores] if cores else []), "wrk", "-t", "1", "-c", str(CONNECTIONS), "-d",
                   f"{self.options.seconds}s", "--timeout", "10s", "--latency", "-s", str(self.script(per_request)),
                   f"http://127.0.0.1:{PORT}/invocations"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
        run = {"row": row, "program": program, "requests_s": rate, "instances_s": rate * per_request, "wrk": text,
               **{f"p{share}_ms": milliseconds(text, share) for share in (50, 99)},
               "refused": "Non-2xx" in text or "Socket errors" in text}
        self.runs.append(run)
        print(f"  {row} {program}: {rate:,.0f} requests/s, p50 {run['p50_ms']:.2f} ms, p99 {run['p99_ms']:.2f} ms"
              f"{', ERRORS' if run['refused'] else ''}", file=sys.stderr, flush=True)

    def repeated(self, row, program, command, per_request, server_cores=None, wrk_cores=None, **environment):
        with Server(command, server_cores, **environment) as server:
            body = json.dumps({"instances": ["ready ?"]})
            server.await_answer(f"POST /invocations HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nConnection: close\r\n"
                                f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
            for _ in range(self.options.repeats):
                self.load(row, program, per_request, wrk_cores)

    def ours(self, model):
        return [self.options.wordfire, "serve", "-model", model, "-port", PORT]

    def one(self):
        self.repeated("one", "wordfire", self.ours(self.model("dbpedia", TRAINING)), 1, "0", "1")

    def batch(self):
        self.repeated("batch", "wordfire", self.ours(self.model("dbpedia", TRAINING)), 500, "0", "1")

    def both(self):
        self.repeated("both", "wordfire", self.ours(self.model("dbpedia", TRAINING)), 1)

    def peers(self):
        python = self.options.python
        if python is None:
            return print("  no peers without --python", file=sys.stderr)
        model = {"FASTTEXT_MODEL": str(self.model("dbpedia", TRAINING))}
        for workers in sorted({os.cpu_count(), 2}):
            common = ["-w", workers, "-b", f"127.0.0.1:{PORT}"]
            self.repeated("peers", f"gunicorn, {workers} workers", [python, "-m", "gunicorn", *common, "peer_app:app"], 1, **model)
            self.repeated("peers", f"gunicorn with threads, {workers} workers",
                          [python, "-m", "gunicorn", *common, "-k", "gthread", "--threads", 64, "peer_app:app"], 1, **model)
            uvicorn = [python, "-m", "uvicorn", "--workers", workers, "--port", PORT, "--no-access-log"]
            self.repeated("peers", f"uvicorn, {workers} workers", [*uvicorn, "peer_app:asgi"], 1, **model)
            if subprocess.run([python, "-c", "import fastapi"], capture_output=True).returncode == 0:
                self.repeated("peers", f"FastAPI under uvicorn, {workers} workers", [*uvicorn, "peer_fastapi:app"], 1, **model)

    def cold(self):
        model = self.model("large", LARGE)
        for _ in range(self.options.repeats):
            with Server(self.ours(model)) as server:
                seconds = server.await_answer(b"GET /ping HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            self.runs.append({"row": "cold", "program": "wordfire", "seconds": round(seconds, 4), "model_mb": round(model.stat().st_size / 1e6)})
            print(f"  cold wordfire: {seconds:.3f} s", file=sys.stderr)


def milliseconds(text, share):
    """A line of wrk's distribution: "     99%    1.23ms"."""
    number, unit = re.search(rf"^\s+{share}%\s+([\d.]+)(us|ms|s)$", text, re.M).groups()
    return float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]


def table(runs):
    lines = ["| what | program | requests/s | instances/s | p50 ms | p99 ms |", "|---|---|---|---|---|---|"]
    groups = {}
    for run in runs:
        groups.setdefault((run["row"], run["program"]), []).append(run)
    for (row, program), group in groups.items():
        def middle(key):
            return measure.median([run[key] for run in group])
        if row == "cold":
            lines.append(f"| cold start, {group[0]['model_mb']} MB | {program} | {middle('seconds'):.3f} s | | | |")
        else:
            lines.append(f"| {row} | {program} | {middle('requests_s'):,.0f} | {middle('instances_s'):,.0f} | {middle('p50_ms'):.2f} |"
                         f" {middle('p99_ms'):.2f} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordfire", type=Path, required=True)
    parser.add_argument("--python", type=Path)
    parser.add_argument("--work", type=Path, default=Path("build/bench-serve"))
    parser.add_argument("--rows", nargs="+", choices=ALL_ROWS, default=ALL_ROWS)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    options.work, options.wordfire = options.work.resolve(), options.wordfire.resolve()
    bench = Bench(options)
    for row in options.rows:
        getattr(bench, row)()
    print(table(bench.runs))
    if options.json:
        measure.write_report(options.json, ROOT, {}, bench.runs)


if __name__ == "__main__":
    main()
