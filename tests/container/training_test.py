"""The notebook's job in the image, as the platform runs it: the artefacts, a stop, a failure."""

import signal
import unittest

from notebook_job import DETERMINISTIC, NOTEBOOK, JobTest

# Long enough that a signal comes before the end.
ENDLESS = {**DETERMINISTIC, "epochs": 2000, "early_stopping": False}
EPOCH = "End of epoch: 5"
FASTTEXT_NOTEBOOK = "-epoch 20 -minCount 2 -lr 0.05 -dim 10 -wordNgrams 2 -bucket 2000000 -thread 2 -verbose 0".split()
WORSE = 0.01  # than fastText a model may be by chance; it takes 20 epochs, the job as many as help
BAD_OPTION = 64  # exit status


class Artefacts(JobTest):
    def test_the_model_is_as_good_as_fasttexts_by_fasttexts_own_count(self):
        job = self.finished("free", NOTEBOOK)
        score = self.metrics(job.log())["validation:accuracy"]
        self.assertAgreesWithFasttext(job.model(), score)
        peer = self.folder / "peer"
        self.fasttext("supervised", "-input", self.text_of("train"), "-output", peer, *FASTTEXT_NOTEBOOK)
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


class Failures(JobTest):
    def test_a_job_that_cannot_run_says_why(self):
        job = self.job("misspelt", {**NOTEBOOK, "min_epoch": 3})
        self.assertEqual(job.run(), BAD_OPTION, job.log())
        self.assertRegex(job.failure(), '^ClientError: .*"min_epoch".*"min_epochs"')
        self.assertEqual(list(job.model().parent.iterdir()), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
