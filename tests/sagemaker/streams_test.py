"""Pipe mode and formats other than text: the same lines train the same model in every form and way."""

import os
import signal
import subprocess
import threading
import time

import job
from job import JobCase

SMALL = {**job.SMALL, "deterministic": True}
FORMS = {"text": ("text/plain", False), "jsonlines": ("application/jsonlines", False),
         "recordio": ("application/x-recordio", False),
         "recordio-protobuf": ("application/x-recordio-protobuf", False),
         "augmented-manifest": ("application/x-recordio", True)}


def numbered_text(count=400):
    """Labels as manifests have them: integers."""
    return job.labelled_text(count).replace(b"__label__colour", b"__label__1").replace(b"__label__animal", b"__label__0")


class Feeder(threading.Thread):
    """Feeds one pass of a channel as the platform does: the FIFO comes late, bytes come slowly."""

    def __init__(self, path, content, late=0.2, pause=0.0):
        super().__init__(daemon=True)
        self.path, self.content, self.late, self.pause = path, content, late, pause
        self.start()

    def run(self):
        time.sleep(self.late)
        os.mkfifo(self.path)
        try:
            with open(self.path, "wb", buffering=0) as fifo:
                for begin in range(0, len(self.content), 4096):
                    fifo.write(self.content[begin:begin + 4096])
                    time.sleep(self.pause)
        except BrokenPipeError:
            pass  # closed early, which is allowed


class StreamCase(JobCase):
    def convert(self, text, form):
        """Lines as bytes in another form."""
        source, target = self.base / "lines.txt", self.base / "lines.out"
        source.write_bytes(text)
        subprocess.run([self.wordfire, "convert", source, target, "--format", form], check=True, capture_output=True)
        return target.read_bytes()

    def pipe(self, name, content, content_type=None, wrapped=False, **how):
        settings = {"ContentType": content_type} if content_type else {}
        self.channel(name, TrainingInputMode="Pipe", RecordWrapperType="RecordIO" if wrapped else "None", **settings)
        (self.base / "input/data" / name).rmdir()  # there is none in this mode
        return Feeder(self.base / f"input/data/{name}_0", content, **how)

    def clear(self):
        for path in sorted((self.base / "input/data").rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        self.channels.clear()


class Forms(StreamCase):
    def setUp(self):
        super().setUp()
        self.text, self.held_out = numbered_text(), numbered_text(40)

    def model_of(self, form, mode):
        self.clear()
        content_type, wrapped = FORMS[form]
        for name, text in (("train", self.text), ("validation", self.held_out)):
            content = text if form == "text" else self.convert(text, form)
            if mode == "Pipe":
                self.pipe(name, content, content_type, wrapped)
            else:
                self.channel(name, {"part": content}, ContentType=content_type, TrainingInputMode=mode)
        self.parameters(**SMALL)
        result = self.succeed()
        self.assertIn("Number of train examples: 400\n", result.log)
        scores = job.re.findall(r"#(?:train|validation)_accuracy: .*", result.log)
        return self.artefact("model.bin").read_bytes(), scores

    def test_all_give_the_same_model_and_the_same_scores(self):
        wanted = self.model_of("text", "File")
        for form in FORMS:
            for mode in ("File", "FastFile", "Pipe"):
                with self.subTest(form=form, mode=mode):
                    self.assertEqual(self.model_of(form, mode), wanted)


class Pipes(StreamCase):
    def test_each_channel_has_its_own_mode(self):
        self.pipe("train", numbered_text())
        self.channel("validation", {"text": numbered_text(40)})
        self.parameters(**SMALL)
        result = self.succeed()
        self.assertIn("Number of validation examples: 40\n", result.log)
        self.assertRegex(result.log, r"Processing \S+/input/data/train \. Pipe mode\n")

    def test_raw_rows_are_prepared_from_a_pipe(self):
        self.pipe("train", b"kind,what\n" + b"".join(b"colour,red %d\nanimal,cat %d\n" % (i, i) for i in range(50)))
        self.parameters(**SMALL, label_column="kind")
        self.assertIn("Prepared 100 of 100 rows", self.succeed().log)

    def test_word_vectors_are_trained_from_a_pipe(self):
        self.pipe("train", numbered_text(), wrapped=True, content_type="text/plain")
        self.parameters(mode="cbow", min_count=1, vector_dim=8, evaluation=False)
        self.succeed()

    def test_a_stop_while_waiting_leaves_no_model(self):
        self.channel("train", TrainingInputMode="Pipe")
        self.parameters(**SMALL)
        process = subprocess.Popen([self.train], env=self.environment(), stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        while b"Equivalent command" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGTERM)
        log = process.communicate(timeout=job.SECONDS)[1].decode()
        self.assertEqual(process.returncode, 128 + signal.SIGTERM, log)
        self.assertIn("SIGTERM: came before there was a model to save", log)
        self.assertEqual(self.artefacts(), [])


class BadStreams(StreamCase):
    """Exit status 65, the place in the failure file, no model."""

    def refuse(self, *words):
        self.parameters(**SMALL)
        result = self.run_job()
        self.assertEqual(result.status, job.DATA, result.log)
        self.assertTrue(result.failure.startswith("ClientError: "), result.failure)
        for word in words:
            self.assertIn(word, result.failure)
        self.assertEqual(self.artefacts(), [])

    def records(self, content, content_type="application/x-recordio"):
        self.channel("train", {"part": content}, ContentType=content_type)

    def test_a_record_that_is_cut_short(self):
        self.records(self.convert(numbered_text(), "recordio")[:-7])
        self.refuse("train/part", "byte", "record 400")

    def test_a_wrong_magic(self):
        content = bytearray(self.convert(numbered_text(), "recordio"))
        content[0] ^= 1
        self.records(bytes(content))
        self.refuse("train/part", "byte 0 (record 1)", "magic")

    def test_text_where_records_are_promised(self):
        self.records(numbered_text())
        self.refuse("train/part", "magic")

    def test_a_message_that_is_cut_short(self):
        content = self.convert(numbered_text(), "recordio-protobuf")
        self.records(content[:-5], "application/x-recordio-protobuf")
        self.refuse("train/part", "record 400")

    def test_a_manifest_without_a_label(self):
        self.records(b'{"source": "red", "label": 1}\n{"source": "cat"}\n', "application/jsonlines")
        self.refuse("train/part:2", "label")

    def test_a_line_that_is_no_json(self):
        self.records(b'{"source": "red", "label": 1}\n{"source": \n', "application/jsonlines")
        self.refuse("train/part:2")

    def test_a_manifest_whose_values_are_not_wrapped(self):
        self.pipe("train", b"some words1other words0", "application/x-recordio")
        self.refuse("train", "magic", "RecordWrapperType")

    def test_a_pipe_that_ends_at_once(self):
        self.pipe("train", b"")
        self.refuse("no text")


if __name__ == "__main__":
    job.main()
