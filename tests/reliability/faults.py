"""Runs a program with one call of the C library going wrong (fault_shim.cc says how), and watches what it leaves behind."""

import errno
import json
import os
import struct
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "parity"))

import data  # noqa: E402
import programs  # noqa: E402

DISK_FULL = errno.ENOSPC
EXIT_DATA, EXIT_NO_INPUT, EXIT_INTERNAL, EXIT_CANNOT_CREATE, EXIT_IO = 65, 66, 70, 73, 74
KILLED = -9


def needs_shim():
    """The path of the compiled shim; without it a script is skipped."""
    shim = os.environ.get("WORDFIRE_FAULT_SHIM", "")
    if not os.path.exists(shim):
        programs.skip("WORDFIRE_FAULT_SHIM is not the path of the compiled fault_shim.cc")
    return shim


def at_most(positions, count):
    """About `count` of the positions, evenly spread, the first and the last among them."""
    positions = list(positions)
    if len(positions) <= count:
        return positions
    return [positions[round(i * (len(positions) - 1) / (count - 1))] for i in range(count)]


class FaultyRun:
    """What happened: exit status, what was said, and how many matching calls there were."""

    def __init__(self, done, count):
        self.status = done.returncode
        self.said = done.stderr.decode(errors="replace")
        self.printed = done.stdout
        self.count = count


class FaultCase(programs.ComparisonCase):
    """A folder `saved` with a good older model, and a training run over it that goes wrong."""

    # Files of several write calls, trained in a moment.
    TRAINING = ("-dim", 16, "-epoch", 1, "-wordNgrams", 2, "-bucket", 20000, "-thread", 2, "-deterministic")

    def setUp(self):
        super().setUp()
        self.shim = needs_shim()
        self.counter = self.folder / "count"
        self.saved = self.folder / "saved"
        self.saved.mkdir()
        self.text = data.head(data.single_label().train, 500)
        self.train_as_usual("-seed", 2)
        self.new = self.contents()
        self.train_as_usual("-seed", 1)
        self.old = self.contents()
        self.assertNotEqual(self.old["model.bin"], self.new["model.bin"])

    def train_as_usual(self, *options):
        self.ours.train(self.text, self.saved / "model", *self.TRAINING, *options)

    def contents(self):
        return {path.name: path.read_bytes() for path in self.saved.iterdir()}

    def put_back(self):
        """The folder as it was: the older model and nothing else."""
        for path in self.saved.iterdir():
            path.unlink()
        for name, content in self.old.items():
            (self.saved / name).write_bytes(content)

    def run_faulty(self, arguments, calls, at=0, action=0, path=None, forever=False, stdin=b""):
        self.counter.write_bytes(bytes(8))
        settings = {"LD_PRELOAD": self.shim, "WORDFIRE_FAULT_CALLS": calls, "WORDFIRE_FAULT_AT": str(at),
                    "WORDFIRE_FAULT_ACTION": str(int(action) if isinstance(action, int) else action),
                    "WORDFIRE_FAULT_COUNT": str(self.counter)}
        if path:
            settings["WORDFIRE_FAULT_PATH"] = str(path)
        if forever:
            settings["WORDFIRE_FAULT_FOREVER"] = "1"
        done = self.ours.run(*arguments, check=False, stdin=stdin, env={**os.environ, **settings})
        return FaultyRun(done, struct.unpack("<Q", self.counter.read_bytes())[0])

    def train_faulty(self, calls, *options, **fault):
        arguments = ("supervised", "-input", self.text, "-output", self.saved / "model", "-verbose", 0,
                     *self.TRAINING, "-seed", 2, *options)
        return self.run_faulty(arguments, calls, **fault)

    def assert_files_whole(self):
        """Each file is the older or the newer one, and the model can be used."""
        found = self.contents()
        for name in ("model.bin", "model.vec"):
            self.assertIn(found[name], (self.old[name], self.new[name]), name)
        json.loads(found["model.manifest.json"])
        done = self.ours.run("predict", self.saved / "model.bin", "-", stdin=b"some words\n", check=False)
        self.assertEqual((done.returncode, len(done.stdout.split())), (0, 1), done.stderr)

    def assert_nothing_changed(self):
        found = self.contents()
        self.assertEqual(sorted(found), sorted(self.old))
        for name, content in self.old.items():
            self.assertEqual(found[name], content, name)

    def assert_one_line_said(self, run):
        self.assertEqual(run.said.count("\n"), 1, run.said)
        self.assertTrue(run.said.startswith("wordfire: "), run.said)


def random_delay_kill(process, seconds):
    """SIGKILL after `seconds`, unless the process has ended by then."""
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    return process.returncode
