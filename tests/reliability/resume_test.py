"""Runs that are killed or stopped at random moments go on from their checkpoints, and end with the bytes of a run that was
never interrupted; checkpoints survive faults of the disk.

R8 and R10 of the reliability requirements. WORDFIRE_LONG=1 interrupts each run twenty times.

usage: WORDFIRE_FAULT_SHIM=PATH-OF-SHIM resume_test.py PATH-OF-WORDFIRE
"""

import random
import re
import signal
import subprocess
import time
import unittest

from faults import DISK_FULL, KILLED, FaultCase, at_most, data, programs

INTERRUPTIONS = 20 if programs.LONG else 3
KILL_POSITIONS = 100 if programs.LONG else 6
MOST_SECONDS_TO_CHECKPOINT = 30
STOPPED = 128 + signal.SIGTERM


class Interrupted(programs.ComparisonCase):
    def setUp(self):
        super().setUp()
        self.text = data.head(data.single_label().train, 20000)
        self.checkpoints = self.folder / "checkpoints"

    def command(self, verb, name, *options):
        return list(map(str, (self.ours.path, verb, "-output", self.folder / name, "-thread", 2, "-deterministic",
                              "-checkpointDir", self.checkpoints, *options)))

    def run_whole(self, verb, *options):
        """The seconds that a run without an interruption takes."""
        begin = time.monotonic()
        subprocess.run(self.command(verb, "whole", *options, "-verbose", 0), check=True)
        return time.monotonic() - begin

    def interrupt(self, command, number, seconds):
        """Exit status, and what was said."""
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        time.sleep(seconds)
        process.send_signal(number)
        begin = time.monotonic()
        said = process.communicate(timeout=120)[1].decode()
        self.assertLess(time.monotonic() - begin, MOST_SECONDS_TO_CHECKPOINT)
        self.assertIn(process.returncode, (0, STOPPED, -number), said)
        return process.returncode, said

    def assert_same_model(self):
        for suffix in ("bin", "vec"):
            whole, parts = (self.folder / f"{name}.{suffix}" for name in ("whole", "parts"))
            self.assertEqual(whole.read_bytes(), parts.read_bytes(), suffix)
        self.assertEqual(list(self.checkpoints.iterdir()), [])

    def check_interrupted(self, verb, *options):
        seconds = self.run_whole(verb, *options)
        rng = random.Random(verb)
        for turn in range(INTERRUPTIONS):
            number = rng.choice((signal.SIGKILL, signal.SIGTERM))
            threads = rng.choice((1, 2, 3))
            with self.subTest(turn=turn, signal=number.name, threads=threads):
                command = self.command(verb, "parts", *options, "-resume", "-thread", threads)
                status, said = self.interrupt(command, number, rng.uniform(0.2, 0.9) * seconds)
                self.assertNotIn("warning", said)
                if status == 0:
                    break
        subprocess.run(self.command(verb, "parts", *options, "-resume", "-verbose", 0), check=True)
        self.assert_same_model()

    def test_a_classifier_ends_with_the_same_bytes(self):
        self.check_interrupted("supervised", "-input", self.text, "-dim", 16, "-epoch", 15, "-wordNgrams", 2,
                               "-bucket", 50000)

    def test_a_classifier_with_early_stopping_does(self):
        held_out = data.head(data.single_label().test, 500)
        self.check_interrupted("supervised", "-input", self.text, "-dim", 8, "-epoch", 30, "-lr", 1, "-validation", held_out,
                               "-earlyStopping", "-patience", 3)

    def test_word_vectors_do(self):
        self.check_interrupted("skipgram", "-input", self.text, "-dim", 8, "-epoch", 6, "-bucket", 2000, "-maxn", 3)

    def start_and_wait(self, command, percent):
        """A run that has said to have done so much."""
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        said = b""
        while not any(float(done) > percent for done in re.findall(rb"Progress: +([\d.]+)%", said)):
            part = process.stderr.read1(4096)
            self.assertTrue(part, said)
            said += part
        return process

    def test_within_an_epoch_they_do_as_well(self):
        text = ("-input", *[self.text] * 12)
        options = (*text, "-dim", 200, "-epoch", 1)
        self.run_whole("supervised", *options)
        process = self.start_and_wait(self.command("supervised", "parts", *options), 10)
        process.terminate()
        said = process.communicate(timeout=120)[1].decode()
        self.assertEqual(process.returncode, STOPPED, said)
        path = re.search(r"the same command with -resume goes on from (\S+)\n", said).group(1)
        done = self.ours.run(*self.command("supervised", "parts", *options, "-resume", "-verbose", 1)[1:])
        self.assertRegex(done.stderr.decode(), f"Training goes on from {path}: in epoch 1 of 1, before example [1-9]")
        self.assert_same_model()


class Faults(FaultCase):
    """One call that writes a checkpoint goes wrong."""

    # One checkpoint, between the two epochs: whether later ones are written depends on how long the first took.
    TRAINING = ("-dim", 16, "-epoch", 2, "-wordNgrams", 2, "-bucket", 20000, "-thread", 2, "-deterministic")
    FILES = "checkpoints/"

    def run_with_checkpoints(self, calls, *options, **fault):
        return self.train_faulty(calls, "-checkpointDir", self.folder / "checkpoints", *options, **fault)

    def finish(self):
        """Goes on without a fault: no checkpoint is damaged, and the model is that of a whole run."""
        run = self.run_with_checkpoints("open", "-resume", path="nothing")
        self.assertEqual((run.status, run.said), (0, ""))
        self.assertEqual(self.contents()["model.bin"], self.new["model.bin"])

    def test_killed_at_every_step_of_writing(self):
        calls = "open,write,fsync,rename"
        steps = self.run_with_checkpoints(calls, path="checkpoints").count
        self.assertGreater(steps, 4)
        for action in ("kill", "kill-after"):
            for at in at_most(range(1, steps + 1), KILL_POSITIONS):
                with self.subTest(action=action, at=at, of=steps):
                    run = self.run_with_checkpoints(calls, path="checkpoints", at=at, action=action)
                    self.assertEqual(run.status, KILLED, run.said)
                    self.finish()

    def test_a_full_disk_does_not_end_training(self):
        for calls in ("write", "fsync", "rename"):
            with self.subTest(calls=calls):
                self.put_back()
                run = self.run_with_checkpoints(calls, "-verbose", 1, path=self.FILES, at=1, action=DISK_FULL, forever=True)
                self.assertEqual(run.status, 0, run.said)
                self.assertIn("; older checkpoints stay", run.said)
                self.assertEqual(self.contents()["model.bin"], self.new["model.bin"])

    def test_a_checkpoint_that_cannot_be_read_is_an_error(self):
        self.run_with_checkpoints("rename", path="checkpoints", at=1, action="kill-after")
        run = self.run_with_checkpoints("open", "-resume", path=self.FILES, at=1, action=13)
        self.assertEqual(run.status, 66, run.said)
        self.assert_one_line_said(run)
        self.finish()


if __name__ == "__main__":
    programs.main(needs_peer=False)
