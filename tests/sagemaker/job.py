"""Runs the program `train` on a base folder as the platform lays it out. Scripts end with `job.main()`, whose first
arguments are the paths of `train` and `wordfire`; further arguments go to unittest."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "parity"))

import data  # noqa: E402

# No job of these tests may take longer; sanitizers are slower.
SLOWNESS = float(os.environ.get("WORDFIRE_SLOWNESS", "1"))
SECONDS = 60 * SLOWNESS
DONE, USAGE, DATA, NO_INPUT, INTERNAL, CANNOT_CREATE, IO = 0, 64, 65, 66, 70, 73, 74

SMALL = {"mode": "supervised", "min_count": 1, "vector_dim": 8, "buckets": 1000, "epochs": 3}

COLOURS = b"red green blue cyan pink grey black white".split()
ANIMALS = b"cat dog cow hen owl fox bat ant".split()


def labelled_lines(count=400):
    """Two classes, told apart by their words."""
    for i in range(count):
        words = COLOURS if i % 2 else ANIMALS
        text = b" ".join(words[(i * 7 + j * j) % 8] for j in range(6))
        yield (b"__label__colour " if i % 2 else b"__label__animal ") + text + b"\n"


def labelled_text(count=400):
    return b"".join(labelled_lines(count))


class Result:
    """What a job left: exit status, log, failure text (None if there is none)."""

    def __init__(self, status, log, failure):
        self.status, self.log, self.failure = status, log, failure

    def lines(self):
        """Log lines, the time and process of stamped ones cut off."""
        return [re.sub(r"^\[[^]]* (INFO|WARNING|ERROR) \d+\]", r"[\1]", line) for line in self.log.split("\n")]

    def metric(self, regex):
        """The last number that SageMaker would find."""
        return float(re.findall(regex, self.log)[-1])


class BaseFolder:
    """What the platform has instead of /opt/ml, and verbs that fill it."""

    def make(self, base):
        self.base = Path(base)
        self.channels = {}
        for part in ("input/config", "input/data", "model", "output/data"):
            (self.base / part).mkdir(parents=True)

    def config(self, name, content):
        text = content if isinstance(content, (str, bytes)) else json.dumps(content)
        (self.base / "input/config" / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    def parameters(self, **values):
        """As the Python SDK writes them: str() of each."""
        self.config("hyperparameters.json", {name: str(value) for name, value in values.items()})

    def channel(self, name, files=None, **settings):
        """files: file name -> bytes, or the path of a file to link to. settings: of inputdataconfig.json."""
        folder = self.base / "input/data" / name
        folder.mkdir(exist_ok=True)
        (folder.parent / f"{name}-manifest").write_text("[]")
        for file, content in (files or {}).items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                shutil.copyfile(content, path)
        self.channels[name] = {"TrainingInputMode": "File", "S3DistributionType": "FullyReplicated",
                               "RecordWrapperType": "None", **settings}
        self.config("inputdataconfig.json", self.channels)

    def failure(self):
        path = self.base / "output/failure"
        return path.read_text() if path.exists() else None

    def artefacts(self):
        return sorted(path.name for path in (self.base / "model").iterdir())

    def artefact(self, name):
        return self.base / "model" / name


class JobCase(BaseFolder, unittest.TestCase):
    """A job on one host."""

    train = None
    wordfire = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wordfire-job-")
        self.addCleanup(folder.cleanup)
        self.make(Path(folder.name) / "ml")

    def environment(self, **more):
        return {**os.environ, "SAGEMAKER_BASE_DIR": str(self.base), "WORDFIRE_EVALUATION_DIR": "/nonexistent",
                **{name: str(value) for name, value in more.items()}}

    def result(self, status, log):
        return Result(status, log.decode(errors="replace"), self.failure())

    def run_job(self, environment=None, **options):
        """Runs to the end; never a signal, never a hang."""
        done = subprocess.run([self.train], env=self.environment(**(environment or {})), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=SECONDS, **options)
        return self.result(done.returncode, done.stdout)

    def succeed(self, **options):
        result = self.run_job(**options)
        self.assertEqual((result.status, result.failure), (DONE, None), result.log)
        return result


def main():
    if len(sys.argv) < 3 or not all(os.access(path, os.X_OK) for path in sys.argv[1:3]):
        sys.exit("the paths of the programs train and wordfire are wanted as the first two arguments")
    JobCase.train = str(Path(sys.argv.pop(1)).resolve())
    JobCase.wordfire = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
