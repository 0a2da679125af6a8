"""The two programs under comparison, run as a person runs them, and what they print as values.

Test scripts end with `programs.main()`: the path of `wordfire` is the first argument or WORDFIRE_PROGRAM; fastText is
looked for in WORDFIRE_PEER, then in PATH. Without one of the two a script says so and exits with 77, which CTest counts
as skipped. Further arguments go to unittest.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SKIPPED = 77
LONG = bool(os.environ.get("WORDFIRE_LONG"))
TIMEOUT = 3000 if LONG else 300  # seconds that one command may take; a hang is a failure


class Program:
    """fastText or something with its command line."""

    def __init__(self, path):
        self.path = str(path)

    def run(self, *arguments, stdin=b"", check=True, **options):
        """Runs to the end; with `check` anything but exit status 0 is an error that shows what was said."""
        command = [self.path, *map(str, arguments)]
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=TIMEOUT, **options)
        if check and done.returncode != 0:
            raise AssertionError(f"exit status {done.returncode} of {' '.join(command)}\n{done.stderr.decode(errors='replace')}")
        return done

    def train(self, text, output, *options):
        """Trains a classifier and returns the path of its .bin file."""
        self.run("supervised", "-input", text, "-output", output, "-verbose", 0, *options)
        return Path(f"{output}.bin")

    def predictions(self, model, text, k):
        """For each line of `text` its labels with their probabilities, as printed."""
        printed = self.run("predict-prob", model, text, k).stdout
        return [labels_of(line) for line in printed.split(b"\n")[:-1]]

    def scores(self, model, text, k=1):
        """The figures of `test`: lines, precision, recall."""
        printed = self.run("test", model, text, k).stdout.decode().split("\n")
        figures = dict(line.split("\t") for line in printed if "\t" in line)
        return int(figures["N"]), float(figures[f"P@{k}"]), float(figures[f"R@{k}"])

    def dump(self, model, what):
        return self.run("dump", model, what).stdout

    def dictionary(self, model):
        """(text, count, b"word" or b"label") in the order of the ids. Texts hold no blanks, so lines split from the right."""
        count, *lines = self.dump(model, "dict").split(b"\n")[:-1]
        assert int(count) == len(lines), (int(count), len(lines))
        return [tuple(line.rsplit(b" ", 2)) for line in lines]

    def sentence_vectors(self, model, text):
        printed = self.run("print-sentence-vectors", model, stdin=text).stdout
        return [[float(value) for value in line.split()] for line in printed.split(b"\n")[:-1]]


def labels_of(line):
    fields = line.split(b" ") if line else []
    return [(label, float(probability)) for label, probability in zip(fields[::2], fields[1::2])]


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def cores():
    return len(os.sched_getaffinity(0))


class ComparisonCase(unittest.TestCase):
    """A test case with both programs and a folder of its own."""

    ours = None
    peer = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wordfire-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


def main(needs_peer=True):
    has_path = len(sys.argv) > 1 and os.access(sys.argv[1], os.X_OK)
    ours = sys.argv.pop(1) if has_path else os.environ.get("WORDFIRE_PROGRAM")
    peer = os.environ.get("WORDFIRE_PEER") or shutil.which("fasttext")
    if not ours:
        skip("the path of the program wordfire is wanted, as the first argument or in WORDFIRE_PROGRAM")
    if needs_peer and not peer:
        skip("fasttext is not installed (Debian's package fasttext, or WORDFIRE_PEER with its path)")
    ComparisonCase.ours = Program(Path(ours).resolve())
    ComparisonCase.peer = Program(peer) if peer else None
    # Where a shell starts tests in the background, programs would inherit that SIGINT is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    unittest.main()


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)
