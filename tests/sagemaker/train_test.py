"""Jobs that succeed: what they log, what they leave, and what the platform may do to them."""

import json
import os
import shutil
import signal
import stat
import subprocess
import time
import unittest

import job
from job import JobCase, data, labelled_text
from notebook import NOTEBOOK  # of tests/parity

STAMP = r"^\[\d\d/\d\d/\d{4} \d\d:\d\d:\d\d INFO \d+\] "


class Notebook(JobCase):
    """The job of BlazingText's DBpedia notebook, on a part of real text."""

    def setUp(self):
        super().setUp()
        source = data.single_label()
        self.channel("train", {"dbpedia.train": data.head(source.train, 20000)}, ContentType="text/plain")
        self.held_out = data.head(source.test, 5000)
        self.channel("validation", {"dbpedia.validation": self.held_out}, ContentType="text/plain")
        self.parameters(**NOTEBOOK)

    def test_logs_what_blazingtext_logs(self):
        result = self.succeed()
        self.assertRegex(result.log, r"\AArguments: train\n")
        train, held_out = (self.base / "input/data" / part for part in
                           ("train/dbpedia.train", "validation/dbpedia.validation"))
        for pattern in (STAMP + r"nvidia-smi took: \d+\.\d{3} secs to identify \d+ gpus$",
                        STAMP + "Running single machine CPU BlazingText training using supervised mode.$",
                        STAMP + rf"Processing {train} \. File size: [\d.]+ MB$",
                        STAMP + rf"Processing {held_out} \. File size: [\d.]+ MB$",
                        STAMP + rf"Equivalent command: wordfire supervised -input {train} ",
                        r"^Read \d+M words$", r"^Number of words:  \d+$",
                        rf"^Loading validation data from {held_out}$", "^Loaded validation data.$",
                        r"^##### Alpha: 0\.\d{4}  Progress: \d+\.\d\d%  Million Words/sec: \d+\.\d\d #####$",
                        "^-------------- End of epoch: 5$", r"^Using \d+ threads for prediction!$",
                        r"^Validation accuracy: 0\.\d{6}$", "^Validation accuracy improved! Storing best weights...$",
                        r"^Training finished\.\nAverage throughput in Million words/sec: \d+\.\d\d\n"
                        r"Total training time in seconds: \d+\.\d\d\n\n#train_accuracy: 0\.\d{4}\n"
                        r"Number of train examples: 20000\n\n#validation_accuracy: 0\.\d{4}\n"
                        r"Number of validation examples: 5000$"):
            self.assertRegex(result.log, f"(?m){pattern}")

    def test_metrics_are_found_and_true(self):
        result = self.succeed()
        accuracy = result.metric(r"#validation_accuracy: ([0-9.]+)")
        self.assertGreater(accuracy, 0.6)
        self.assertGreater(result.metric(r"#train_accuracy: ([0-9.]+)"), accuracy)
        metrics = json.loads(self.artefact("metrics.json").read_text())
        self.assertAlmostEqual(metrics["validation:accuracy"], accuracy, delta=5e-5)
        tested = subprocess.run([self.wordfire, "test", self.artefact("model.bin"), self.held_out],
                                capture_output=True, check=True, text=True).stdout
        self.assertIn(f"P@1\t{accuracy:.3f}", tested)

    def test_every_epoch_has_a_score_that_the_same_expression_finds(self):
        result = self.succeed()
        scores = job.re.findall(r"#validation_accuracy: ([0-9.]+)", result.log)
        epochs = result.log.count("-------------- End of epoch: ")
        self.assertEqual(len(scores), epochs + 1)
        self.assertEqual(max(scores), scores[-1])

    def test_the_equivalent_command_trains_the_same(self):
        self.parameters(**NOTEBOOK, deterministic=True)
        result = self.succeed()
        model = self.artefact("model.bin").read_bytes()
        command = job.re.search(r"Equivalent command: wordfire (.*)", result.log).group(1)
        subprocess.run(f"{self.wordfire} {command} -verbose 0", shell=True, check=True)
        self.assertEqual(self.artefact("model.bin").read_bytes(), model)

    @unittest.skipUnless(shutil.which("fasttext"), "fasttext is not installed")
    def test_the_real_fasttext_reads_the_model(self):
        accuracy = self.succeed().metric(r"#validation_accuracy: ([0-9.]+)")
        tested = subprocess.run(["fasttext", "test", self.artefact("model.bin"), self.held_out], capture_output=True,
                                check=True, text=True).stdout
        self.assertAlmostEqual(float(job.re.search(r"P@1\s+([\d.]+)", tested).group(1)), accuracy, delta=1e-3)


class Artefacts(JobCase):
    def test_of_a_classifier(self):
        self.channel("train", {"text": labelled_text()})
        self.parameters(**job.SMALL)
        self.succeed()
        self.assertEqual(self.artefacts(), ["metrics.json", "model.bin", "model.manifest.json"])
        subprocess.run([self.wordfire, "verify", self.artefact("model.bin")], check=True, capture_output=True)

    def test_of_word_vectors(self):
        self.channel("train", {"text": labelled_text()})
        self.channel("evaluation", {"EN-WS-353-ALL.txt": b"red\tgreen\t8\nred\tcow\t1\nowl\tbat\t9\nowl\tnone\t3\n"})
        self.parameters(mode="skipgram", min_count=1, vector_dim=8, epochs=2, subwords=True, buckets=1000)
        result = self.succeed()
        self.assertEqual(self.artefacts(), ["eval.json", "metrics.json", "vectors.bin", "vectors.manifest.json",
                                            "vectors.txt"])
        scores = json.loads(self.artefact("eval.json").read_text())
        self.assertEqual(scores["EN-WS-353-ALL.txt"]["not_found"], 1)
        self.assertEqual(result.metric(r"#mean_rho: (-?[0-9.eE-]+)"), scores["mean_rho"])
        head, *rows = self.artefact("vectors.txt").read_text().splitlines()
        self.assertEqual((head, len(rows)), (f"{len(rows)} 8", 17))
        self.assertRegex(result.log, "Training finished!\nAverage throughput")

    def test_without_anything_to_measure_by_there_is_one_warning_and_no_rho(self):
        self.channel("train", {"text": labelled_text()})
        self.parameters(mode="batch_skipgram", min_count=1, vector_dim=8)
        result = self.succeed()
        self.assertEqual(sum(line.startswith("[WARNING]") for line in result.lines()), 1)
        self.assertNotIn("#mean_rho", result.log)
        self.assertNotIn("eval.json", self.artefacts())
        self.parameters(mode="batch_skipgram", min_count=1, vector_dim=8, evaluation=False)
        self.assertNotIn("WARNING", self.succeed().log)

    def test_the_images_files_measure_where_there_is_no_channel(self):
        self.channel("train", {"text": labelled_text()})
        image = self.base / "image"
        image.mkdir()
        (image / "pairs.txt").write_bytes(b"red green 8\nred cow 1\nowl bat 9\n")
        self.parameters(mode="cbow", min_count=1, vector_dim=8)
        self.assertIn("#mean_rho: ", self.succeed(environment={"WORDFIRE_EVALUATION_DIR": image}).log)

    def test_learning_curves_lie_where_the_platform_takes_them_from(self):
        self.channel("train", {"text": labelled_text()})
        self.parameters(**job.SMALL)
        elsewhere = self.base / "curves"
        for folder in (self.base / "output/tensorboard", elsewhere):
            self.succeed()
            names = [path.name for path in folder.iterdir()]
            self.assertTrue(any(name.startswith("events.out.tfevents.") for name in names), names)
            self.config("tensorboardoutputconfig.json", {"LocalPath": str(elsewhere), "S3OutputPath": "s3://x"})

    def test_are_for_everybody_to_read(self):
        self.channel("train", {"text": labelled_text()})
        self.parameters(**job.SMALL)
        self.succeed(umask=0o077)
        for name in self.artefacts():
            self.assertEqual(stat.S_IMODE(self.artefact(name).stat().st_mode), 0o644, name)


class Channels(JobCase):
    def test_all_files_of_all_folders_are_read(self):
        lines = list(job.labelled_lines())
        self.channel("train", {"b/part-1": b"".join(lines[200:]), "a/part-0": b"".join(lines[:200]), ".hidden": b"x",
                               "_SUCCESS": b""})
        self.parameters(**job.SMALL)
        self.assertIn("Number of train examples: 400\n", self.succeed().log)

    def test_content_types_do_not_change_how_files_are_read(self):
        self.parameters(**job.SMALL)
        for content_type in ("text/plain", "text/csv", "application/octet-stream"):
            self.channel("train", {"text": labelled_text()}, ContentType=content_type)
            self.assertIn("Number of train examples: 400\n", self.succeed().log)

    def test_nothing_but_folders_is_needed(self):
        self.channel("train", {"text": labelled_text()})
        (self.base / "input/config/inputdataconfig.json").unlink()
        shutil.rmtree(self.base / "model")
        self.parameters(**job.SMALL)
        self.succeed()

    def test_what_the_platform_adds_is_passed_over(self):
        self.channel("train", {"text": labelled_text()})
        for name in ("debughookconfig.json", "profilerconfig.json", "init-config.json"):
            self.config(name, "not JSON")
        self.config("resourceconfig.json", {"current_host": "algo-1", "hosts": ["algo-1"], "topology": None})
        self.parameters(**job.SMALL, _tuning_objective_metric="", sagemaker_program='"x.py"')
        self.assertNotIn("WARNING", self.succeed().log)

    def test_raw_rows_are_prepared_and_the_recipe_goes_into_the_manifest(self):
        rows = b"kind,what\n" + b"".join(b'colour,"Red, %d"\nanimal,Cat %d\n' % (i, i) for i in range(50))
        self.channel("train", {"rows.csv": rows})
        self.parameters(**job.SMALL, label_column="kind", text_columns="what")
        result = self.succeed()
        self.assertIn("Prepared 100 of 100 rows", result.log)
        recipe = json.loads(self.artefact("model.manifest.json").read_text())["recipe"]
        self.assertEqual(recipe["source"]["label_columns"], ["kind"])
        predicted = subprocess.run([self.wordfire, "predict", self.artefact("model.bin"), "-", "--raw"], input=b"RED, 7\n",
                                   capture_output=True, check=True).stdout
        self.assertEqual(predicted, b"__label__colour\n")


class Stopping(JobCase):
    """SIGTERM: what was learned is saved, and the job is done."""

    def start_long_job(self, *wrapper):
        self.channel("train", {"text": labelled_text(4000)})
        self.parameters(**{**job.SMALL, "epochs": 1000000})
        process = subprocess.Popen([*wrapper, self.train], env=self.environment(), stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)
        self.addCleanup(process.kill)
        read = b""
        while b"End of epoch: 3\n" not in read:
            line = process.stdout.readline()
            self.assertTrue(line, read)
            read += line
        return process

    def assert_saved(self, process, seconds):
        log = process.communicate(timeout=job.SECONDS)[0].decode()
        self.assertEqual(process.returncode, job.DONE, log)
        self.assertLess(seconds(), 30)
        self.assertEqual(self.artefacts(), ["metrics.json", "model.bin", "model.manifest.json"])
        self.assertFalse((self.base / "output/failure").exists())
        self.assertTrue(json.loads(self.artefact("metrics.json").read_text())["finished_early"])
        subprocess.run([self.wordfire, "verify", self.artefact("model.bin")], check=True, capture_output=True)

    def test_saves_the_weights_of_the_moment(self):
        process = self.start_long_job()
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        self.assert_saved(process, lambda: time.monotonic() - begin)

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("unshare"), "needs root and unshare")
    def test_works_for_process_1_of_a_container(self):
        probe = subprocess.run(["unshare", "--pid", "--fork", "true"], capture_output=True)
        if probe.returncode != 0:
            self.skipTest(f"no PID namespaces here: {probe.stderr.decode().strip()}")
        process = self.start_long_job("unshare", "--pid", "--fork")
        children = f"/proc/{process.pid}/task/{process.pid}/children"
        begin = time.monotonic()
        with open(children) as file:
            os.kill(int(file.read().split()[0]), signal.SIGTERM)
        self.assert_saved(process, lambda: time.monotonic() - begin)


class Descriptions(JobCase):
    def test_the_algorithm_is_described_as_json(self):
        done = subprocess.run([self.train, "--describe-algorithm"], capture_output=True, check=True)
        description = json.loads(done.stdout)
        names = [each["Name"] for each in description["TrainingSpecification"]["SupportedHyperParameters"]]
        for name in NOTEBOOK:
            self.assertIn(name, names)
        self.assertIn({"Name": "validation:accuracy", "Regex": "#validation_accuracy: ([0-9.]+)"},
                      description["metric_definitions"])

    def test_help_names_the_environment(self):
        text = subprocess.run([self.train, "--help"], capture_output=True, check=True, text=True).stdout
        for name in ("SAGEMAKER_BASE_DIR", "WORDFIRE_EVALUATION_DIR", "TMPDIR", "--describe-algorithm"):
            self.assertIn(name, text)

    def test_the_platforms_argument_is_taken_and_others_are_not(self):
        self.channel("train", {"text": labelled_text()})
        self.parameters(**job.SMALL)
        for arguments, status in ((["train"], job.DONE), (["serve"], job.USAGE), (["train", "x"], job.USAGE)):
            done = subprocess.run([self.train, *arguments], env=self.environment(), capture_output=True)
            self.assertEqual(done.returncode, status, done.stderr)


if __name__ == "__main__":
    job.main()
