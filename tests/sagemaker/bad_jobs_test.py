"""Jobs that must fail: each names its cause in the failure file and the log, has its exit status, leaves the model folder
as empty as it was, and touches no checkpoint of an earlier run."""

import gzip
import lzma
import resource
import unittest

import job
from job import JobCase, labelled_text

CLIENT, PLATFORM, ALGORITHM = "ClientError: ", "PlatformError: ", "AlgorithmError: "


class BadJobs(JobCase):
    """Every test makes one thing of a good job wrong."""

    def setUp(self):
        super().setUp()
        self.channel("train", {"text": labelled_text()})
        self.parameters(**job.SMALL)
        self.checkpoint = self.base / "checkpoints/older"
        self.checkpoint.parent.mkdir()
        self.checkpoint.write_bytes(b"an earlier run's")

    def must_fail(self, status, prefix, *words, **options):
        result = self.run_job(**options)
        self.assertEqual(result.status, status, result.log)
        self.assertIsNotNone(result.failure, result.log)
        self.assertTrue(result.failure.startswith(prefix), result.failure)
        for word in words:
            self.assertIn(word, result.failure)
        self.assertLessEqual(len(result.failure.encode()), 1024)
        self.assertNotIn("\n", result.failure)
        self.assertIn(f"[ERROR] {result.failure}", result.lines())
        self.assertEqual(self.artefacts(), [])
        self.assertEqual(self.checkpoint.read_bytes(), b"an earlier run's")

    def train_text(self, content, **settings):
        for path in (self.base / "input/data/train").iterdir():
            path.unlink()
        self.channel("train", {"text": content}, **settings)


class Hyperparameters(BadJobs):
    def refuse(self, name, value, *words):
        self.parameters(**{**job.SMALL, name: value})
        self.must_fail(job.USAGE, CLIENT, f'hyperparameter "{name}"', *words)

    def test_no_mode(self):
        self.parameters(epochs=3)
        self.must_fail(job.USAGE, CLIENT, 'hyperparameter "mode": not given', "supervised")

    def test_an_unknown_mode(self):
        self.refuse("mode", "bert", 'got "bert"')

    def test_an_unknown_name(self):
        self.refuse("min_epoch", 5, 'did you mean "min_epochs"?')

    def test_text_for_a_number(self):
        self.refuse("epochs", "many", 'got "many"', "want an integer of at least 1")

    def test_a_fraction_for_an_integer(self):
        self.refuse("vector_dim", 10.5, 'got "10.5"')

    def test_nothing_for_a_number(self):
        self.refuse("vector_dim", "", 'got ""')

    def test_a_number_that_is_too_small(self):
        self.refuse("vector_dim", 0, 'got "0"', "at least 1")

    def test_a_number_that_is_too_large(self):
        self.refuse("vector_dim", 10**12, "1048576")

    def test_a_negative_count(self):
        self.refuse("min_count", -1, "at least 0")

    def test_no_number_at_all(self):
        self.refuse("learning_rate", "nan", 'got "nan"')

    def test_neither_true_nor_false(self):
        self.refuse("early_stopping", "maybe", "want True or False")

    def test_an_unknown_loss(self):
        self.refuse("loss", "hinge", "softmax")

    def test_a_label_prefix_with_a_blank(self):
        self.refuse("label_prefix", "my label", "without blanks")

    def test_no_buckets_for_ngrams(self):
        self.refuse("buckets", 0, '"word_ngrams"')

    def test_early_stopping_without_validation(self):
        self.refuse("early_stopping", True, 'channel "validation" is not given')

    def test_a_loss_that_batches_lack(self):
        self.parameters(mode="batch_skipgram", loss="softmax")
        self.must_fail(job.USAGE, CLIENT, 'hyperparameter "loss"', '"ns"')

    def test_no_file(self):
        (self.base / "input/config/hyperparameters.json").unlink()
        self.must_fail(job.USAGE, CLIENT, 'hyperparameter "mode": not given')

    def test_no_json(self):
        self.config("hyperparameters.json", "mode: supervised")
        self.must_fail(job.DATA, CLIENT, "hyperparameters.json: not JSON")

    def test_no_object(self):
        self.config("hyperparameters.json", ["mode"])
        self.must_fail(job.DATA, CLIENT, "hyperparameters.json: got a JSON array, want an object")


class Channels(BadJobs):
    def test_no_train_channel(self):
        self.config("inputdataconfig.json", {"training": {}})
        self.must_fail(job.NO_INPUT, CLIENT, 'got "training"', '"train"')

    def test_no_channel_at_all(self):
        (self.base / "input/config/inputdataconfig.json").unlink()
        (self.base / "input/data/train").rename(self.base / "elsewhere")
        self.must_fail(job.NO_INPUT, CLIENT, "there are none")

    def test_an_empty_channel(self):
        (self.base / "input/data/train/text").unlink()
        self.must_fail(job.NO_INPUT, CLIENT, 'channel "train"', "no files in this folder")

    def test_a_channel_without_a_folder(self):
        (self.base / "input/data/train").rename(self.base / "elsewhere")
        self.must_fail(job.NO_INPUT, CLIENT, 'channel "train"', "cannot read the folder")

    def test_a_folder_that_cannot_be_read(self):
        folder = self.base / "input/data/train"
        (folder / "text").unlink()
        folder.rmdir()
        folder.write_bytes(b"a file where a folder should be")
        self.must_fail(job.NO_INPUT, CLIENT, 'channel "train"', "cannot read the folder")

    def test_an_empty_validation_channel(self):
        self.channel("validation")
        self.must_fail(job.NO_INPUT, CLIENT, 'channel "validation"', "no files")

    def test_an_unknown_input_mode(self):
        self.channel("train", TrainingInputMode="Tube")
        self.must_fail(job.DATA, CLIENT, 'channel "train"', '"Tube"', "want File, FastFile or Pipe")

    def test_an_unknown_wrapper(self):
        self.channel("train", RecordWrapperType="Zip")
        self.must_fail(job.DATA, CLIENT, 'channel "train"', '"Zip"', "want None or RecordIO")

    def test_a_cluster_without_this_host(self):
        self.config("resourceconfig.json", {"current_host": "c", "hosts": ["a", "b"]})
        self.must_fail(job.DATA, CLIENT, 'current_host "c"', "want one of")


class Text(BadJobs):
    def test_an_empty_file(self):
        self.train_text(b"")
        self.must_fail(job.DATA, CLIENT, "no text")

    def test_no_labels(self):
        self.train_text(b"some words\nmore words\n")
        self.must_fail(job.DATA, CLIENT, "no label")

    def test_one_label(self):
        self.train_text(b"__label__a x y\n__label__a z\n")
        self.must_fail(job.DATA, CLIENT, "one label only")

    def test_a_label_without_a_name(self):
        self.train_text(labelled_text(10) + b"__label__ word\n")
        self.must_fail(job.DATA, CLIENT, "text:11: label")

    def test_words_that_are_all_too_rare(self):
        self.parameters(**{**job.SMALL, "min_count": 100000})
        self.must_fail(job.DATA, CLIENT, "no word is left", 'lower "min_count"')

    def test_data_of_another_kind(self):
        self.train_text(lzma.compress(labelled_text()))
        self.must_fail(job.DATA, CLIENT, "xz")

    def test_compressed_data_that_is_cut_short(self):
        self.train_text(gzip.compress(labelled_text())[:-20])
        self.must_fail(job.DATA, CLIENT, "train/text")

    def test_validation_text_of_other_labels(self):
        self.channel("validation", {"text": b"__label__other red cat\n"})
        self.must_fail(job.DATA, CLIENT, "no line has both text and a label")

    def test_rows_without_the_column(self):
        self.train_text(b"kind,what\na,x\nb,y\n")
        self.parameters(**job.SMALL, label_column="class")
        self.must_fail(job.DATA, CLIENT, "no column", "class")

    def test_a_row_with_too_few_columns(self):
        self.train_text(b"kind,what\na,x\nb\n")
        self.parameters(**job.SMALL, label_column="kind")
        self.must_fail(job.DATA, CLIENT, "train/text: byte 14 (row 3)", "want 2")

    def test_a_broken_recipe(self):
        self.channel("train", {"prepare.json": b"{}"})
        self.must_fail(job.DATA, CLIENT, "prepare.json: not a recipe")

    def test_evaluation_files_that_are_none(self):
        self.channel("evaluation", {"pairs": b"one two three four five\n" * 3})
        self.parameters(mode="cbow", min_count=1)
        self.must_fail(job.DATA, CLIENT, "evaluation/pairs")


class Machine(BadJobs):
    def test_a_full_disk(self):
        def small_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))

        self.must_fail(job.IO, PLATFORM, "model/model.bin", preexec_fn=small_files)

    def test_a_model_folder_that_cannot_be_made(self):
        (self.base / "model").rmdir()
        (self.base / "model").symlink_to("nowhere/model")
        result = self.run_job()
        self.assertEqual(result.status, job.CANNOT_CREATE, result.log)
        self.assertTrue(result.failure.startswith(PLATFORM), result.failure)

    def test_a_folder_for_scratch_files_that_is_not_there(self):
        self.train_text(b"kind,what\na,x\nb,y\n")
        self.parameters(**job.SMALL, label_column="kind")
        self.must_fail(job.CANNOT_CREATE, PLATFORM, "/nonexistent", environment={"TMPDIR": "/nonexistent"})

    @unittest.skipIf(job.SLOWNESS > 1, "sanitizers take more address space than the test leaves")
    def test_more_memory_than_there_is(self):
        def little_memory():
            resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))

        self.parameters(**{**job.SMALL, "buckets": 500000000})
        self.must_fail(job.INTERNAL, ALGORITHM, "memory", 'lower "buckets"', preexec_fn=little_memory)

    def test_rates_that_diverge(self):
        self.parameters(**{**job.SMALL, "learning_rate": 1000, "epochs": 1000, "seed": 1})
        self.must_fail(job.INTERNAL, ALGORITHM, "training diverged", 'lower "learning_rate"')

    def test_an_older_failure_is_not_written_over(self):
        (self.base / "output/failure").write_text("the first cause")
        self.parameters(epochs=3)
        self.assertEqual(self.run_job().failure, "the first cause")


if __name__ == "__main__":
    job.main()
