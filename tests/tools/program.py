"""Runs the built program in tests as a person would. Scripts end with `program.main()`, whose first argument, or the
variable WORDFIRE_PROGRAM, is the path of `wordfire`; further arguments go to unittest."""

import functools
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

LONG = bool(os.environ.get("WORDFIRE_LONG"))
# No command on the small texts of these tests may take longer; sanitizers are slower.
SECONDS = float(os.environ.get("WORDFIRE_COMMAND_SECONDS", "60"))
SUCCESS, NO_VERB, USAGE, DATA, NO_INPUT, INTERNAL, CANNOT_CREATE, IO = 0, 1, 64, 65, 66, 70, 73, 74
LOSSES = ("softmax", "ns", "hs", "ova")

COLOURS = b"red green blue cyan pink grey black white".split()
ANIMALS = b"cat dog cow hen owl fox bat ant".split()


def training_lines(count=400):
    """Two classes, told apart by their words; every tenth line has both labels."""
    for i in range(count):
        words = COLOURS if i % 2 else ANIMALS
        other = b" __label__animal" if i % 20 == 1 else b""
        text = b" ".join(words[(i * 7 + j * j) % 8] for j in range(6))
        yield (b"__label__colour" if i % 2 else b"__label__animal") + other + b" " + text + b"\n"


class Case(unittest.TestCase):
    """A test case with the program, a folder of its own, and a small trained model."""

    program = None
    shared = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wordfire-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_program(self, *arguments, stdin=b"", **options):
        """Runs to the end; never a signal, never a hang."""
        command = [self.program, *(a if isinstance(a, bytes) else str(a) for a in arguments)]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": SECONDS, **options}
        if "stdin_file" in options:
            options["stdin"] = options.pop("stdin_file")
        else:
            options["input"] = stdin
        done = subprocess.run(command, **options)
        self.assertGreaterEqual(done.returncode, 0, f"a signal ended {command}\n{done.stderr}")
        return done

    def succeed(self, *arguments, **options):
        """Runs, wants exit status 0, and returns what was printed."""
        done = self.run_program(*arguments, **options)
        self.assertEqual(done.returncode, SUCCESS, f"{arguments}\n{done.stderr}")
        return done.stdout

    def fail_with(self, status, *arguments, **options):
        """Runs, wants this exit status and one line of message, which is returned."""
        done = self.run_program(*arguments, **options)
        self.assertEqual(done.returncode, status, f"{arguments}\n{done.stderr}")
        last = (done.stderr or b"").decode(errors="replace").rstrip("\n").rsplit("\n", 1)[-1]
        self.assertTrue(last.startswith("wordfire: "), f"{arguments}\n{done.stderr}")
        return last.removeprefix("wordfire: ")

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def train(self, text, *options, name="model"):
        """Trains in the test's folder and returns the path of the model."""
        self.succeed("supervised", "-input", text, "-output", self.folder / name, "-dim", 8, "-thread", 2,
                     "-verbose", 0, *options)
        return self.folder / f"{name}.bin"

    @property
    def text(self):
        """The labelled lines that model() was trained on."""
        return shared_file("train.txt", lambda path: path.write_bytes(b"".join(training_lines())))

    def model(self, loss="softmax", *options):
        """A model of training_lines(), trained once a script."""
        def train(path):
            self.succeed("supervised", "-input", self.text, "-output", path.with_suffix(""), "-dim", 8, "-epoch", 20,
                         "-lr", 0.5, "-loss", loss, "-thread", 1, "-verbose", 0, *options)
        return shared_file(f"{loss}{'_'.join(map(str, options))}.bin", train)


@functools.cache
def shared_folder():
    return tempfile.TemporaryDirectory(prefix="wordfire-shared-")


def shared_file(name, make):
    path = Path(shared_folder().name) / name
    if not path.exists():
        make(path)
    return path


def main():
    has_path = len(sys.argv) > 1 and os.access(sys.argv[1], os.X_OK)
    path = sys.argv.pop(1) if has_path else os.environ.get("WORDFIRE_PROGRAM")
    if not path:
        sys.exit("the path of the program wordfire is wanted, as the first argument or in WORDFIRE_PROGRAM")
    Case.program = str(Path(path).resolve())
    # Where a shell starts tests in the background, programs would inherit that SIGINT is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    unittest.main()
