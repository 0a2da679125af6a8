"""Spot: a job that was ended at any moment goes on where it was, and never from a checkpoint of another job."""

import json
import os
import random
import signal
import subprocess
import time

import job
from job import JobCase

LONG = bool(os.environ.get("WORDFIRE_LONG"))
KILLS = 20 if LONG else 3
# Enough for a second or so.
EPOCHS = max(40, int(400 / job.SLOWNESS))
PARAMETERS = {**job.SMALL, "epochs": EPOCHS, "deterministic": True, "seed": 3, "threads": 2}


class Spot(JobCase):
    def setUp(self):
        super().setUp()
        self.channel("train", {"text": job.labelled_text(2000)})
        self.channel("validation", {"text": job.labelled_text(100)})
        self.config("checkpointconfig.json", {"LocalPath": str(self.base / "checkpoints"), "S3Uri": "s3://bucket/x"})
        self.parameters(**PARAMETERS)

    def start(self):
        process = subprocess.Popen([self.train], env=self.environment(), stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)
        self.addCleanup(process.kill)
        return process

    def end_at(self, process, line, how=signal.SIGKILL):
        """Sends a signal once the log has this line; returns the whole log."""
        log = b""
        while line not in log:
            read = process.stdout.readline()
            self.assertTrue(read, log.decode())
            log += read
        process.send_signal(how)
        return (log + process.communicate(timeout=job.SECONDS)[0]).decode()

    def uninterrupted(self):
        result = self.succeed()
        self.assertEqual(self.checkpoints(), [])
        return self.artefact("model.bin").read_bytes(), result.metric(r"#validation_accuracy: ([0-9.]+)")

    def checkpoints(self):
        return [path.name for path in (self.base / "checkpoints").iterdir()]

    def test_a_killed_job_ends_with_the_bytes_of_one_that_was_not(self):
        wanted = self.uninterrupted()
        self.artefact("model.bin").unlink()
        self.end_at(self.start(), b"Checkpoint: ")
        result = self.succeed()
        self.assertIn("Training goes on from ", result.log)
        self.assertEqual((self.artefact("model.bin").read_bytes(), result.metric(r"#validation_accuracy: ([0-9.]+)")),
                         wanted)

    def test_kills_at_random_moments_change_nothing(self):
        begin = time.monotonic()
        wanted = self.uninterrupted()
        whole = time.monotonic() - begin
        moments = random.Random(8)
        for number in range(KILLS):
            with self.subTest(number=number):
                self.artefact("model.bin").unlink(missing_ok=True)
                process = self.start()
                try:
                    process.communicate(timeout=moments.uniform(0, whole))
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                self.succeed()
                self.assertEqual(self.artefact("model.bin").read_bytes(), wanted[0])

    def test_a_stopped_job_saves_a_model_and_can_go_on(self):
        wanted = self.uninterrupted()
        log = self.end_at(self.start(), b"End of epoch: 20\n", signal.SIGTERM)
        self.assertTrue(json.loads(self.artefact("metrics.json").read_text())["finished_early"], log)
        self.assertNotEqual(self.artefact("model.bin").read_bytes(), wanted[0])
        self.assertIn("Training goes on from ", self.succeed().log)
        self.assertEqual(self.artefact("model.bin").read_bytes(), wanted[0])

    def test_another_job_starts_anew_and_says_why(self):
        self.end_at(self.start(), b"Checkpoint: ")
        self.parameters(**{**PARAMETERS, "learning_rate": 0.01})
        result = self.succeed()
        self.assertNotIn("Training goes on", result.log)
        self.assertRegex(result.log, 'WARNING.*"learning_rate" was 0.05 and is 0.01')

    def test_other_data_start_anew_and_the_log_says_why(self):
        self.end_at(self.start(), b"Checkpoint: ")
        self.channel("train", {"text": job.labelled_text(1900)})
        result = self.succeed()
        self.assertNotIn("Training goes on", result.log)
        self.assertRegex(result.log, "WARNING.*text")

    def test_a_bad_job_leaves_the_checkpoints(self):
        self.end_at(self.start(), b"Checkpoint: ")
        before = self.checkpoints()
        self.parameters(**{**PARAMETERS, "epochs": "many"})
        self.assertEqual(self.run_job().status, job.USAGE)
        self.assertEqual(self.checkpoints(), before)
        (self.base / "output/failure").unlink()
        self.parameters(**PARAMETERS)
        self.assertIn("Training goes on from ", self.succeed().log)


if __name__ == "__main__":
    job.main()
