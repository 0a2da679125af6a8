"""Signals that ask to stop end training soon with 128 + their number, and the older model is as it was.

R8 of the reliability requirements, without resume: signals at random moments of the run, a second signal, ignored signals,
and predict ended by a signal. WORDFIRE_LONG=1 sends a hundred.

usage: signals_test.py PATH-OF-WORDFIRE
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "parity"))

import data  # noqa: E402
import programs  # noqa: E402

SIGNALS = 100 if programs.LONG else 10
MOST_SECONDS_TO_STOP = 5
EXIT_OF = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGQUIT: 131}


class Stopped(programs.ComparisonCase):
    def setUp(self):
        super().setUp()
        self.saved = self.folder / "saved"
        self.saved.mkdir()
        self.text = data.head(data.single_label().train, 20000)
        self.ours.train(data.head(self.text, 500), self.saved / "model", "-dim", 4, "-epoch", 1)
        self.old = self.contents()

    def contents(self):
        return {path.name: path.read_bytes() for path in self.saved.iterdir()}

    def put_back(self):
        for name, content in self.old.items():
            (self.saved / name).write_bytes(content)

    def start(self, epochs, *more, **options):
        """A training run of `epochs` passes, a tenth of a second or so each."""
        command = [self.ours.path, "supervised", "-input", self.text, "-output", self.saved / "model", "-dim", 32,
                   "-epoch", epochs, "-wordNgrams", 2, "-bucket", 100000, "-thread", 2, *more]
        return subprocess.Popen(list(map(str, command)), stderr=subprocess.PIPE, **options)

    def stop(self, process, number, delay):
        """Returns the exit status and what was said."""
        time.sleep(delay)
        process.send_signal(number)
        begin = time.monotonic()
        said = process.communicate(timeout=60)[1].decode()
        self.assertLess(time.monotonic() - begin, MOST_SECONDS_TO_STOP)
        return process.returncode, said

    def test_at_random_times(self):
        rng = random.Random(8)
        for turn in range(SIGNALS):
            number = rng.choice(list(EXIT_OF))
            with self.subTest(turn=turn, signal=number.name):
                status, said = self.stop(self.start(1000), number, rng.uniform(0.02, 1.5))
                # Before main() has set its handler the system ends the program, which harms nothing either.
                self.assertIn(status, (EXIT_OF[number], -number), said)
                self.assertEqual(self.contents(), self.old)

    def test_it_says_what_happened(self):
        status, said = self.stop(self.start(1000), signal.SIGTERM, 1.0)
        self.assertEqual(status, 143, said)
        self.assertIn("SIGTERM", said.split("\n")[-2])

    def test_around_the_end_of_the_run(self):
        begin = time.monotonic()
        self.assertEqual(self.start(2).communicate()[1] is None, False)
        whole = time.monotonic() - begin
        rng = random.Random(9)
        for turn in range(SIGNALS):
            with self.subTest(turn=turn):
                self.put_back()
                status, said = self.stop(self.start(2), signal.SIGTERM, whole * rng.uniform(0.6, 1.1))
                self.assertIn(status, (0, 143, -signal.SIGTERM), said)
                if status == 143:
                    self.assertEqual(self.contents(), self.old)
                self.ours.run("predict", self.saved / "model.bin", "-", stdin=b"some words\n")

    def test_while_the_model_is_written(self):
        """The progress line at 100 % says that training is over; 160 MB follow."""
        for number, status in EXIT_OF.items():
            process = self.start(1, "-bucket", 400000, "-dim", 100)
            said = b""
            while b"100.0%" not in said:
                part = os.read(process.stderr.fileno(), 4096)
                self.assertTrue(part, said)
                said += part
            with self.subTest(signal=number.name):
                self.assertEqual(self.stop(process, number, 0)[0], status)
                self.assertEqual(self.contents(), self.old)

    def check_waiting(self, *arguments):
        """A run that waits for text ends soon, and leaves nothing new in the folder."""
        for number, status in EXIT_OF.items():
            with self.subTest(arguments=arguments, signal=number.name):
                idle, writer = os.pipe()
                process = subprocess.Popen(list(map(str, (self.ours.path, *arguments))), stdin=idle,
                                           stderr=subprocess.PIPE)
                self.assertEqual(self.stop(process, number, 0.3)[0], status)
                os.close(idle)
                os.close(writer)
                self.assertEqual(self.contents(), self.old)

    def test_while_standard_input_is_idle(self):
        self.check_waiting("supervised", "-input", "-", "-output", self.saved / "model")
        self.check_waiting("supervised", "-input", self.text, "-validation", "-", "-output", self.saved / "model")
        self.check_waiting("prepare", "-input", "-", "-output", self.saved / "text")

    def test_while_a_fifo_has_no_writer(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        self.check_waiting("supervised", "-input", fifo, "-output", self.saved / "model")
        self.check_waiting("prepare", "-input", fifo, "-output", self.saved / "text")

    def test_an_ignored_signal_stays_ignored(self):
        ignore = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)}
        process = self.start(3, **ignore)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)


if __name__ == "__main__":
    programs.main(needs_peer=False)
