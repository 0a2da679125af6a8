"""The training job of BlazingText's DBpedia notebook, and what tests ask of it.

It has a part of the text, with WORDFIRE_LONG all of it.
"""

import functools
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import data  # of tests/parity
from forms import FORMS, as_text, number_labels, read_examples
from notebook import NOTEBOOK  # of tests/parity
from training_container import Job

LONG = bool(os.environ.get("WORDFIRE_LONG"))
TRAIN_ROWS, VALIDATION_ROWS = (None, None) if LONG else (12000, 2000)
DETERMINISTIC = {**NOTEBOOK, "deterministic": True}
# What a user of a custom image gives as metric_definitions.
METRICS = {
    "train:accuracy": r"#train_accuracy: ([0-9.]+)",
    "validation:accuracy": r"#validation_accuracy: ([0-9.]+)",
}
ROUNDING = 0.0006  # of accuracies with three and four digits


@functools.cache
def channels():
    """Training and validation examples."""
    sets = data.data_sets()
    source = sets.get("dbpedia") or sets["packages"]
    numbers = number_labels(source.train, source.test)
    return {
        "train": read_examples(source.train, numbers, TRAIN_ROWS),
        "validation": read_examples(source.test, numbers, VALIDATION_ROWS),
    }


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class JobTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="wordfire-container-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def job(self, name, hyperparameters, form=FORMS[0], checkpoints=None):
        job = Job(self.folder / name, hyperparameters, checkpoints)
        self.addCleanup(job.remove)
        for channel, examples in channels().items():
            job.add_channel(channel, form, examples)
        return job

    def finished(self, name, hyperparameters, form=FORMS[0], checkpoints=None):
        """The job, run to its good end."""
        job = self.job(name, hyperparameters, form, checkpoints)
        status = job.run()
        self.assertEqual((status, job.failure()), (0, ""), job.log())
        return job

    def metrics(self, log):
        """The last value of each metric, as the platform's regular expressions find it in the log."""
        found = {name: re.findall(regex, log) for name, regex in METRICS.items()}
        self.assertTrue(all(found.values()), f"{found}\n{log}")
        return {name: float(values[-1]) for name, values in found.items()}

    def fasttext(self, *arguments):
        """What the real fastText prints."""
        return subprocess.run(["fasttext", *map(str, arguments)], capture_output=True, text=True, check=True).stdout

    def text_of(self, channel):
        """A file of the channel's text."""
        path = self.folder / f"{channel}.txt"
        path.write_bytes(as_text(channels()[channel]))
        return path

    def fasttext_score(self, model):
        """What fastText says of the model on the validation text."""
        printed = self.fasttext("test", model, self.text_of("validation"))
        return float(re.search(r"P@1\s+([0-9.]+)", printed).group(1))

    def assertAgreesWithFasttext(self, model, score):
        self.assertAlmostEqual(self.fasttext_score(model), score, delta=ROUNDING)
