"""Numbers stay numbers: a run that diverges stops and says where, and what is printed as a probability is one.

R10 of the reliability requirements: learning rates up to the largest that is accepted, models with NaN and infinity in them,
labels without an example, and probabilities of the four losses: each in [0, 1], those of softmax with sum 1.

usage: numbers_test.py PATH-OF-WORDFIRE
"""

import math
import re
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "parity"))

import data  # noqa: E402
import programs  # noqa: E402

EXIT_DATA, EXIT_INTERNAL = 65, 70
LOSSES = ("softmax", "hs", "ns", "ova")
RATES = (1e-6, 1, 10, 100, 1000) if programs.LONG else (1e-6, 100, 1000)
TRAIN_LINES = 3000
TEST_LINES = 1000 if programs.LONG else 300
SUM_BOUND = 1e-5
PRINTED_ERROR = 5e-7  # of a number below 1 that is printed with six digits


class Numbers(programs.ComparisonCase):
    def setUp(self):
        super().setUp()
        self.data_set = data.multi_label()
        self.train = data.head(self.data_set.train, TRAIN_LINES)
        self.test = data.head(self.data_set.test, TEST_LINES)

    def train_with(self, *options):
        return self.ours.run("supervised", "-input", self.train, "-output", self.folder / "model", "-verbose", 0, "-dim",
                             10, "-thread", 2, *options, check=False)

    def assert_probabilities(self, model, loss):
        for number, labels in enumerate(self.ours.predictions(model, self.test, -1), 1):
            values = [probability for _, probability in labels]
            self.assertTrue(all(0 <= value <= 1 for value in values), f"line {number}")
            self.assertEqual(values, sorted(values, reverse=True), f"line {number}")
            if loss == "softmax":
                self.assertAlmostEqual(sum(values), 1, delta=SUM_BOUND + len(values) * PRINTED_ERROR * max(values))

    def test_probabilities(self):
        for loss in LOSSES:
            with self.subTest(loss=loss):
                self.assertEqual(self.train_with("-loss", loss, "-lr", 0.5, "-epoch", 10).returncode, 0)
                self.assert_probabilities(self.folder / "model.bin", loss)

    def test_any_rate_gives_a_model_or_an_error_that_names_step_and_rate(self):
        for loss in LOSSES:
            for rate in RATES:
                with self.subTest(loss=loss, rate=rate):
                    self.check_rate(loss, rate)

    def check_rate(self, loss, rate):
        self.assertEqual(self.train_with("-epoch", 1).returncode, 0)
        old = programs.sha256(self.folder / "model.bin")
        done = self.train_with("-loss", loss, "-lr", rate, "-epoch", 30, "-wordNgrams", 2, "-bucket", 1000)
        if done.returncode == 0:
            self.assert_probabilities(self.folder / "model.bin", loss)
        else:
            self.assertEqual(done.returncode, EXIT_INTERNAL, done.stderr)
            self.assertRegex(done.stderr.decode(), r"step \d+.*rate [0-9.e+-]+")
            self.assertEqual(programs.sha256(self.folder / "model.bin"), old)

    def test_divergence_keeps_the_older_model(self):
        self.assertEqual(self.train_with("-epoch", 1).returncode, 0)
        old = programs.sha256(self.folder / "model.bin")
        diverging = ("-lr", 1000, "-epoch", 100, "-loss", "softmax", "-wordNgrams", 5, "-bucket", 1)
        for mode in ((), ("-deterministic",)):
            with self.subTest(mode=mode):
                done = self.train_with(*diverging, *mode)
                self.assertEqual(done.returncode, EXIT_INTERNAL, done.stderr)
                self.assertTrue(re.search(r"step \d+", done.stderr.decode()), done.stderr)
                self.assertEqual(programs.sha256(self.folder / "model.bin"), old)

    def test_a_model_with_numbers_that_are_none(self):
        for loss in LOSSES:
            self.assertEqual(self.train_with("-epoch", 1, "-loss", loss).returncode, 0)
            good = (self.folder / "model.bin").read_bytes()
            for value in (math.nan, math.inf, -math.inf):
                with self.subTest(loss=loss, value=value):
                    self.check_bad_output_row(good, value)

    def check_bad_output_row(self, good, value):
        """The last number of the file is one of the output matrix."""
        bad = self.folder / "bad.bin"
        bad.write_bytes(good[:-4] + struct.pack("<f", value))
        self.assertEqual(self.ours.run("verify", bad, check=False).returncode, EXIT_DATA)
        done = self.ours.run("predict-prob", bad, self.test, 3, check=False)
        self.assertIn(done.returncode, (0, EXIT_DATA), done.stderr)
        for line in done.stdout.split(b"\n"):
            self.assertTrue(all(0 <= probability <= 1 for _, probability in programs.labels_of(line)), line)

    def test_labels_without_examples(self):
        """Test lines with a label that no test line has predicted, and labels that training never saw."""
        self.assertEqual(self.train_with("-epoch", 1).returncode, 0)
        text = self.folder / "labels.txt"
        text.write_bytes(b"__label__never-seen some words\n" + self.test.read_bytes().split(b"\n")[0] + b"\n")
        printed = self.ours.run("test-label", self.folder / "model.bin", text).stdout.decode()
        self.assertNotRegex(printed, r": -?(nan|inf)")
        self.assertIn("--------", printed)


if __name__ == "__main__":
    programs.main(needs_peer=False)
