"""The notebook's job in the image, as the platform runs it: each form of the data, the artefacts, stopping and resuming."""

import dataclasses
import signal
import unittest

from forms import FORMS, as_records
from notebook import FASTTEXT_NOTEBOOK, NOTEBOOK  # of tests/parity
from notebook_job import DETERMINISTIC, JobTest, digest

# Long enough that a signal comes before the end.
ENDLESS = {**DETERMINISTIC, "epochs": 2000, "early_stopping": False}
EPOCH = "End of epoch: 5"
SPOT = {**DETERMINISTIC, "epochs": 60, "early_stopping": False}
WORSE = 0.01  # than fastText a model may be by chance; it takes 20 epochs, the job as many as help
TWO_QUIET_THREADS = ("-thread", "2", "-verbose", "0")
BAD_OPTION, BAD_DATA = 64, 65  # exit status
PIPED_RECORDS = dataclasses.replace(FORMS[2], mode="Pipe")
MANY = 1 << 22  # more bytes than a FIFO and a reader hold


class Forms(JobTest):
    def test_every_form_of_the_data_gives_the_same_model(self):
        results = {}
        for form in FORMS:
            with self.subTest(form.name):
                job = self.finished(form.name, DETERMINISTIC, form)
                results[form.name] = digest(job.model()), self.metrics(job.log())
                self.check_passes(job, form)
        self.assertEqual(len(set(map(str, results.values()))), 1, results)

    def check_passes(self, job, form):
        """A pipe is read once: what it brings is kept, as it fits in memory."""
        if form.mode == "Pipe":
            self.assertEqual(job.passes("train"), ["whole"])
            self.assertEqual(job.passes("validation"), ["whole"])


class Artefacts(JobTest):
    def test_the_model_is_as_good_as_fasttexts_by_fasttexts_own_count(self):
        job = self.finished("free", NOTEBOOK)
        score = self.metrics(job.log())["validation:accuracy"]
        self.assertAgreesWithFasttext(job.model(), score)
        peer = self.folder / "peer"
        self.fasttext("supervised", "-input", self.text_of("train"), "-output", peer, *FASTTEXT_NOTEBOOK, *TWO_QUIET_THREADS)
        self.assertGreater(score, self.fasttext_score(f"{peer}.bin") - WORSE)

    def test_everybody_may_read_what_a_job_leaves(self):
        job = self.finished("modes", DETERMINISTIC)
        files = [path for part in ("model", "output") for path in (job.folder / part).rglob("*") if path.is_file()]
        self.assertIn(job.model(), files)
        self.assertEqual([path for path in files if not path.stat().st_mode & 0o004], [])


class Stops(JobTest):
    def test_a_job_that_is_stopped_leaves_a_model(self):
        job = self.job("stopped", ENDLESS)
        job.start()
        job.wait_until(lambda: EPOCH in job.log())
        job.send(signal.SIGTERM)
        self.assertEqual((job.wait(), job.failure()), (0, ""), job.log())
        self.assertAgreesWithFasttext(job.model(), self.metrics(job.log())["validation:accuracy"])

    def test_a_job_that_is_killed_goes_on_from_its_checkpoint(self):
        checkpoints = self.folder / "checkpoints"
        killed = self.job("killed", SPOT, checkpoints=checkpoints)
        killed.start()
        killed.wait_until(lambda: "Checkpoint: " in killed.log())
        killed.send(signal.SIGKILL)
        self.assertEqual(killed.wait(), 128 + signal.SIGKILL)
        self.assertEqual(list(killed.model().parent.iterdir()), [])
        resumed = self.finished("resumed", SPOT, checkpoints=checkpoints)
        self.assertIn("Training goes on from /opt/ml/checkpoints/", resumed.log())
        whole = self.finished("whole", SPOT)
        self.assertEqual(digest(resumed.model()), digest(whole.model()))


class Failures(JobTest):
    def failed(self, job):
        """Exit status and failure text of a job that leaves no model."""
        status = job.run()
        self.assertEqual(list(job.model().parent.iterdir()), [], job.log())
        return status, job.failure()

    def test_a_job_that_cannot_run_says_why(self):
        status, failure = self.failed(self.job("misspelt", {**NOTEBOOK, "min_epoch": 3}))
        self.assertEqual(status, BAD_OPTION)
        self.assertRegex(failure, '^ClientError: .*"min_epoch".*"min_epochs"')

    def test_damage_in_a_pipe_is_named_and_the_pipe_is_left(self):
        damaged = dataclasses.replace(PIPED_RECORDS, encode=lambda examples: as_records(examples[:2]) + b"?" * MANY)
        job = self.job("damaged", NOTEBOOK, damaged)
        status, failure = self.failed(job)
        self.assertEqual(status, BAD_DATA)
        self.assertRegex(failure, "^ClientError: .*record 3")
        self.assertEqual(job.passes("train"), ["cut"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
