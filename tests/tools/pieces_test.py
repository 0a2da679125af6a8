"""Text that fits neither memory nor scratch space: each epoch reads it again, within both bounds, and learns the same."""

import os
import subprocess
import time
from pathlib import Path

import program
from formats_test import Feeder

# Pieces hold a mebibyte of text at least; so there are five.
LINES = 110_000
# The learning rate changes with each line, wherever a worker begins.
SMALL = ("-dim", 8, "-epoch", 2, "-minCount", 1, "-thread", 1, "-bucket", 1000, "-lrUpdateRate", 1)
BIGRAMS = ("-wordNgrams", 2)
NO_ROOM = ("-memory", 1, "-scratch", 1)
MEBIBYTE = 1 << 20


class Pieces(program.Case):
    def setUp(self):
        super().setUp()
        self.lines = b"".join(program.training_lines(LINES))
        self.path = self.write("train.txt", self.lines)

    def train(self, name, *options, verb="supervised", path=None):
        """Returns the model's bytes and what was logged."""
        if verb == "supervised":
            options = (*BIGRAMS, *options)
        done = self.run_program(verb, "-input", path or self.path, "-output", self.folder / name, *SMALL, *options)
        self.assertEqual(done.returncode, program.SUCCESS, done.stderr)
        return (self.folder / f"{name}.bin").read_bytes(), done.stderr.decode()

    def test_one_thread_learns_the_same_from_pieces(self):
        for verb in ("supervised", "skipgram", "cbow"):
            with self.subTest(verb):
                options = () if verb == "supervised" else ("-label", "none")
                whole, _ = self.train("whole", *options, verb=verb)
                pieces, log = self.train("pieces", *options, *NO_ROOM, verb=verb)
                self.assertIn("each epoch reads the text again", log)
                self.assertEqual(whole, pieces)

    def test_deterministic_pieces_are_equal_on_any_number_of_threads(self):
        one, _ = self.train("one", *NO_ROOM, "-deterministic")
        two, _ = self.train("two", *NO_ROOM, "-deterministic", "-thread", 2)
        self.assertEqual(one, two)

    def test_each_pass_takes_a_fifo(self):
        whole, _ = self.train("whole")
        feeder = Feeder(self.folder / "channel", [self.lines] * 3)
        pieces, _ = self.train("pieces", *NO_ROOM, path=f"pipe:{self.folder}/channel")
        self.assertEqual(whole, pieces)
        self.assertEqual(feeder.opened, 3)

    def test_a_pass_with_other_text_than_was_counted_is_told_of(self):
        Feeder(self.folder / "channel", [self.lines, self.lines[:len(self.lines) // 2 + 1], self.lines])
        _, log = self.train("m", *NO_ROOM, path=f"pipe:{self.folder}/channel")
        self.assertEqual(log.count("when it was counted"), 1, log)

    def test_what_can_be_read_once_alone_needs_room(self):
        message = self.fail_with(program.INTERNAL, "supervised", "-input", "-", "-output", self.folder / "m", *SMALL,
                                 *NO_ROOM, stdin=self.lines)
        self.assertIn("-memory", message)
        self.assertIn("-scratch", message)

    def test_the_training_text_is_scored_in_one_more_pass(self):
        def score(log):
            return next(line for line in log.splitlines() if line.startswith("Training text:"))
        _, whole = self.train("whole", "-trainScore")
        _, pieces = self.train("pieces", *NO_ROOM, "-trainScore")
        self.assertEqual(score(whole), score(pieces))
        Feeder(self.folder / "more", [self.lines] * 4)
        _, stream = self.train("stream", *NO_ROOM, "-trainScore", path=f"pipe:{self.folder}/more")
        self.assertEqual(score(whole), score(stream))

    def test_without_another_pass_the_score_is_an_estimate_and_says_so(self):
        Feeder(self.folder / "few", [self.lines] * 3)
        _, log = self.train("m", *NO_ROOM, "-trainScore", path=f"pipe:{self.folder}/few")
        self.assertIn("an estimate", log)

    def test_an_interrupted_run_goes_on_within_its_pieces(self):
        checkpoints = ("-checkpointDir", self.folder / "checkpoints", "-deterministic", "-epoch", 6)
        whole, _ = self.train("whole", *NO_ROOM, *checkpoints[2:])
        command = [self.program, "supervised", "-input", self.path, "-output", self.folder / "m", *SMALL, *BIGRAMS,
                   *NO_ROOM, *checkpoints]
        job = subprocess.Popen([str(part) for part in command], stderr=subprocess.PIPE)
        while not list((self.folder / "checkpoints").glob("*")) and job.poll() is None:
            time.sleep(0.01)
        job.kill()
        job.communicate()
        resumed, log = self.train("m", *NO_ROOM, *checkpoints, "-resume")
        self.assertEqual(whole, resumed, log)

    @staticmethod
    def scratch_bytes(pid):
        """Of the unnamed files that a process has mapped."""
        total = 0
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            if line.endswith("(deleted)") and "/dev/zero" not in line:
                begin, end = line.split()[0].split("-")
                total += int(end, 16) - int(begin, 16)
        return total

    def peaks(self, *options):
        """The most scratch space, as seen in between, and the most memory that a run took, in bytes."""
        command = [self.program, "supervised", "-input", self.path, "-output", self.folder / "m", *SMALL, *options]
        # AddressSanitizer keeps what is freed: 256 MiB of it unless told otherwise.
        env = os.environ | {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"}
        job = subprocess.Popen([str(part) for part in command], stderr=subprocess.DEVNULL, env=env)
        scratch = memory = 0
        while job.poll() is None:
            try:
                scratch = max(scratch, self.scratch_bytes(job.pid))
                status = Path(f"/proc/{job.pid}/status").read_text().splitlines()
                memory = max([memory] + [int(line.split()[1]) * 1024 for line in status if line.startswith("RssAnon")])
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                pass
            time.sleep(0.002)
        self.assertEqual(job.returncode, 0)
        return scratch, memory

    def test_memory_and_disk_stay_within_their_bounds(self):
        self.path = self.write("large.txt", self.lines * 12)
        _, roomy = self.peaks("-epoch", 1)
        self.assertGreater(roomy, 16 * MEBIBYTE + len(self.lines * 12) // 3, "the text would not be too large")
        for room in (32, 1024):  # too little for the text, and enough
            with self.subTest(room=room):
                scratch, memory = self.peaks("-memory", 16, "-scratch", room, "-epoch", 4)
                self.assertLess(memory, roomy - 20 * MEBIBYTE)
                self.assertLessEqual(scratch, room * MEBIBYTE)
                if room == 1024:
                    self.assertGreater(scratch, 32 * MEBIBYTE, "the text would have had room")


if __name__ == "__main__":
    program.main()
