"""Saving survives: after kill -9 at any step every file is the older or the newer one, whole; when a call fails, the older
model stays, and the exit status and one line say what happened.

R5 and R6 of the reliability requirements: SIGKILL before, within and after every call that saving makes and at random times;
a full disk, an I/O error, a quota, short and interrupted writes, failed fsync, rename and open, a read-only folder, a closed
or full standard output. The normal run takes a sample of the positions, WORDFIRE_LONG=1 all of them.

usage: WORDFIRE_FAULT_SHIM=PATH-OF-SHIM saving_test.py PATH-OF-WORDFIRE
"""

import errno
import os
import random
import subprocess
import time
import unittest

from faults import (EXIT_CANNOT_CREATE, EXIT_IO, KILLED, DISK_FULL, FaultCase, at_most, needs_shim, programs,
                    random_delay_kill)

KILL_POSITIONS = 200 if programs.LONG else 12
FAULT_POSITIONS = 20 if programs.LONG else 4
RANDOM_KILLS = 200 if programs.LONG else 8
SAVING = "open,write,fsync,rename"
FILES = "saved/"  # the files in the folder, not the folder itself


class Killed(FaultCase):
    def test_at_every_step_of_saving(self):
        steps = self.train_faulty(SAVING, path="saved").count
        self.assertGreater(steps, 8)
        for action in ("kill", "kill-after"):
            for at in at_most(range(1, steps + 1), KILL_POSITIONS):
                with self.subTest(action=action, at=at, of=steps):
                    self.put_back()
                    run = self.train_faulty(SAVING, path="saved", at=at, action=action)
                    self.assertEqual(run.status, KILLED, run.said)
                    self.assert_files_whole()

    def test_at_random_times(self):
        command = list(map(str, (self.ours.path, "supervised", "-input", self.text, "-output", self.saved / "model",
                                 "-verbose", 0, *self.TRAINING, "-seed", 2)))
        begin = time.monotonic()
        subprocess.run(command, check=True)
        whole = time.monotonic() - begin
        rng = random.Random(5)
        for number in range(RANDOM_KILLS):
            with self.subTest(number=number):
                self.put_back()
                status = random_delay_kill(subprocess.Popen(command), rng.uniform(0, whole))
                self.assertIn(status, (0, KILLED))
                self.assert_files_whole()

    def test_the_next_run_succeeds(self):
        self.train_faulty("rename", path=FILES, at=1, action="kill")
        self.train_as_usual("-seed", 2)
        self.assertEqual({name: text for name, text in self.contents().items() if name == "model.bin"},
                         {"model.bin": self.new["model.bin"]})


class Failing(FaultCase):
    def positions(self, calls, path=FILES):
        self.put_back()
        count = self.train_faulty(calls, path=path).count
        self.assertGreater(count, 0)
        return at_most(range(1, count + 1), FAULT_POSITIONS)

    def check_refused(self, calls, action, statuses, **fault):
        for at in self.positions(calls):
            with self.subTest(calls=calls, error=os.strerror(action), at=at):
                self.put_back()
                run = self.train_faulty(calls, path=FILES, at=at, action=action, **fault)
                self.assertIn(run.status, statuses, run.said)
                self.assert_one_line_said(run)
                self.assertIn(os.strerror(action), run.said)
                self.assert_nothing_changed()

    def test_no_room(self):
        self.check_refused("write", DISK_FULL, [EXIT_IO], forever=True)

    def test_quota(self):
        self.check_refused("write", errno.EDQUOT, [EXIT_IO], forever=True)

    def test_input_output_error(self):
        self.check_refused("write", errno.EIO, [EXIT_IO])

    def test_fsync_fails(self):
        self.check_refused("fsync", errno.EIO, [EXIT_IO])

    def test_the_folder_is_read_only(self):
        self.check_refused("open", errno.EROFS, [EXIT_CANNOT_CREATE], forever=True)

    def test_no_more_files_can_be_opened(self):
        self.check_refused("open", errno.EMFILE, [EXIT_CANNOT_CREATE, EXIT_IO])

    def test_rename_fails(self):
        self.check_refused("rename", errno.EIO, [EXIT_IO])

    def test_the_folder_cannot_be_synchronised(self):
        for at in at_most(range(1, 1 + self.train_faulty("fsync", path="saved").count), FAULT_POSITIONS):
            with self.subTest(at=at):
                self.put_back()
                run = self.train_faulty("fsync", path="saved", at=at, action=errno.EIO)
                self.assertEqual(run.status, EXIT_IO, run.said)
                self.assert_files_whole()

    def test_the_text_cannot_be_read(self):
        self.put_back()
        run = self.train_faulty("read", path=self.text.name, at=1, action=errno.EIO)
        self.assertEqual(run.status, EXIT_IO, run.said)
        self.assert_nothing_changed()

    def test_no_room_for_the_scratch_file(self):
        self.put_back()
        scratch = self.folder / "scratch"
        scratch.mkdir()
        run = self.train_faulty("reserve", "-memory", 1, "-scratchDir", scratch, "-lrUpdateRate", 1, "-verbose", 1, at=1,
                                action=DISK_FULL)
        self.assertEqual((run.count > 0, run.status), (True, 0), run.said)
        self.assertIn("each epoch reads the text again", run.said)
        self.assertFalse(list(scratch.iterdir()))

    def check_carried_on(self, action):
        for at in self.positions("write"):
            with self.subTest(action=action, at=at):
                self.put_back()
                run = self.train_faulty("write", path=FILES, at=at, action=action)
                self.assertEqual((run.status, run.said), (0, ""))
                self.assertEqual(self.contents()["model.bin"], self.new["model.bin"])
                self.assertEqual(self.contents()["model.vec"], self.new["model.vec"])

    def test_short_writes_are_carried_on(self):
        self.check_carried_on("short")

    def test_interrupted_writes_are_carried_on(self):
        self.check_carried_on(errno.EINTR)


class StandardOutput(FaultCase):
    def verbs(self):
        model = self.saved / "model.bin"
        return [("predict", model, self.text), ("predict-prob", model, self.text, 3), ("test", model, self.text),
                ("test-label", model, self.text), ("dump", model, "dict"), ("dump", model, "input"),
                ("print-sentence-vectors", model)]

    def check(self, stdout, **options):
        for verb in self.verbs():
            with self.subTest(verb=verb[0]), open(self.text, "rb") as stdin:
                command = [self.ours.path, *map(str, verb)]
                done = subprocess.run(command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, text=True, **options)
                self.assertEqual(done.returncode, EXIT_IO, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full(self):
        with open("/dev/full", "wb") as full:
            self.check(full)

    def test_closed(self):
        self.check(None, preexec_fn=lambda: os.close(1))

    def test_its_reader_has_gone(self):
        reading, writing = os.pipe()
        os.close(reading)
        self.addCleanup(os.close, writing)
        self.check(writing)

    def test_its_reader_goes_after_a_while(self):
        command = list(map(str, (self.ours.path, "dump", self.saved / "model.bin", "input")))
        for taken in at_most(range(1, 200000), FAULT_POSITIONS):
            with self.subTest(taken=taken):
                process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                process.stdout.read(taken)
                process.stdout.close()
                said = process.stderr.read().decode()
                process.stderr.close()
                self.assertEqual((process.wait(), said.count("\n")), (EXIT_IO, 1), said)


if __name__ == "__main__":
    needs_shim()
    programs.main(needs_peer=False)
