"""Training text in every format: the same lines give the same model, and what is wrong is said with its place."""

import gzip
import json
import os
import signal
import struct
import subprocess
import threading
import time

import program

FORMATS = ("text", "jsonlines", "recordio", "recordio-protobuf", "augmented-manifest")
MAGIC = 0xCED7230A


def lines(count=400):
    """Two classes, numbered as in augmented manifests; every tenth line has both labels."""
    return b"".join(program.training_lines(count)).replace(b"__label__animal", b"__label__0").replace(
        b"__label__colour", b"__label__1")


def record(payload):
    return struct.pack("<II", MAGIC, len(payload)) + payload + bytes(-len(payload) % 4)


def taken_apart(text):
    """(labels, words) of each line."""
    for line in text.splitlines():
        tokens = line.split()
        yield ([int(t[9:]) for t in tokens if t.startswith(b"__label__")],
               b" ".join(t for t in tokens if not t.startswith(b"__label__")))


def delimited(field, content):
    size = len(content)
    varint = bytes([size & 0x7F | 0x80, size >> 7]) if size > 127 else bytes([size])
    return bytes([field << 3 | 2]) + varint + content


def message(labels, words):
    """An aialgs.data.Record, by hand."""
    text = delimited(9, delimited(1, words))
    numbers = delimited(7, delimited(1, bytes(labels)))
    return (delimited(1, delimited(1, b"values") + delimited(2, text)) +
            delimited(2, delimited(1, b"values") + delimited(2, numbers)))


def label_json(labels):
    return labels[0] if len(labels) == 1 else labels


def encoded(form, text):
    """The lines in a format, written by nothing of ours."""
    parts = list(taken_apart(text))
    if form == "text":
        return text
    if form == "jsonlines":
        return b"".join(json.dumps({"source": words.decode(), "label": label_json(labels), "other": [1]}).encode() + b"\n"
                        for labels, words in parts)
    if form == "recordio":
        return b"".join(record(line) for line in text.splitlines())
    if form == "recordio-protobuf":
        return b"".join(record(message(labels, words)) for labels, words in parts)
    return b"".join(record(words) + record(json.dumps(label_json(labels)).encode()) for labels, words in parts)


class Feeder:
    """Gives FIFOs PREFIX_0, PREFIX_1, ... as the platform does: one a pass, each created when the one before was read or
    closed. `delay` seconds pass before each is created; bytes come in pieces."""

    def __init__(self, prefix, passes, delay=0.0, piece=1 << 16):
        self.opened = 0
        self.drained = []
        self.thread = threading.Thread(target=self._feed, args=(prefix, passes, delay, piece), daemon=True)
        self.thread.start()

    def _feed(self, prefix, passes, delay, piece):
        for k, content in enumerate(passes):
            time.sleep(delay)
            os.mkfifo(f"{prefix}_{k}")
            with open(f"{prefix}_{k}", "wb", buffering=0) as fifo:
                self.opened += 1
                self.drained.append(self._write(fifo, content, piece))

    @staticmethod
    def _write(fifo, content, piece):
        try:
            for i in range(0, len(content), piece):
                fifo.write(content[i:i + piece])
            return True
        except BrokenPipeError:
            return False


class FormatCase(program.Case):
    def arguments(self, source, name, *options):
        return ("supervised", "-input", source, "-output", self.folder / name, "-dim", 8, "-epoch", 3, "-thread", 2,
                "-bucket", 1000, "-wordNgrams", 2, "-deterministic", "-verbose", 0, *options)

    def trained(self, source, *options, name="model"):
        """The bytes of the model."""
        self.succeed(*self.arguments(source, name, *options))
        return (self.folder / f"{name}.bin").read_bytes()

    def refused(self, content, *options, status=program.DATA):
        path = self.write("bad", content)
        said = self.fail_with(status, *self.arguments(path, "bad-model", *options))
        self.assertFalse((self.folder / "bad-model.bin").exists())
        return said.replace(f"{self.folder}/", "")


class SameModel(FormatCase):
    def setUp(self):
        super().setUp()
        self.wanted = self.trained(self.write("plain", lines()), name="wanted")

    def test_every_format_trains_the_same_model(self):
        for form in FORMATS:
            path = self.write("data", encoded(form, lines()))
            self.assertEqual(self.trained(path, "-inputFormat", form), self.wanted, form)
            self.assertEqual(self.trained(path), self.wanted, form)

    def test_every_format_may_be_compressed(self):
        for form in FORMATS:
            path = self.write("data.gz", gzip.compress(encoded(form, lines())))
            self.assertEqual(self.trained(path), self.wanted, form)

    def test_every_format_comes_through_standard_input(self):
        for form in FORMATS:
            self.succeed(*self.arguments("-", "m"), stdin=encoded(form, lines()))
            self.assertEqual((self.folder / "m.bin").read_bytes(), self.wanted, form)

    def test_every_format_comes_through_a_pipe(self):
        for form in FORMATS:
            prefix = self.folder / form
            Feeder(prefix, [encoded(form, lines())], delay=0.3, piece=1000)
            self.assertEqual(self.trained(f"pipe:{prefix}"), self.wanted, form)

    def test_a_record_may_be_a_whole_file(self):
        half = lines().index(b"\n", len(lines()) // 2) + 1
        path = self.write("data", record(lines()[:half]) + record(lines()[half:]))
        self.assertEqual(self.trained(path), self.wanted)

    def test_files_of_a_folder_may_differ_in_format(self):
        folder = self.folder / "mixed"
        folder.mkdir()
        rows = lines().splitlines(keepends=True)
        for i, form in enumerate(FORMATS):
            (folder / f"{i}").write_bytes(encoded(form, b"".join(rows[i * 80:(i + 1) * 80])))
        self.assertEqual(self.trained(folder), self.wanted)

    def test_validation_comes_in_every_format(self):
        def score():
            return json.loads((self.folder / "model.manifest.json").read_text())["metrics"]
        plain = self.write("validation", lines(40))
        self.trained(self.folder / "plain", "-validation", plain)
        wanted = score()
        for form in FORMATS:
            path = self.write("data", encoded(form, lines(40)))
            for options in ((), ("-validationFormat", form)):
                self.trained(self.folder / "plain", "-validation", path, *options)
                self.assertEqual(score(), wanted, form)
            prefix = self.folder / f"validation-{form}"
            Feeder(prefix, [encoded(form, lines(40))])
            self.trained(self.folder / "plain", "-validation", f"pipe:{prefix}")
            self.assertEqual(score(), wanted, form)

    def test_word_vectors_need_no_labels(self):
        text = b"".join(words + b"\n" for _, words in taken_apart(lines()))
        rows = [json.dumps({"source": line.decode()}).encode() for line in text.splitlines()]
        plain = self.write("words", text)
        manifest = self.write("words.jsonl", b"\n".join(rows))
        for path in (plain, manifest):
            self.succeed("skipgram", "-input", path, "-output", f"{path}-vectors", "-deterministic", "-verbose", 0,
                         "-bucket", 1000, "-epoch", 1)
        self.assertEqual((self.folder / "words-vectors.bin").read_bytes(),
                         (self.folder / "words.jsonl-vectors.bin").read_bytes())


class Pipes(FormatCase):
    def test_a_pipe_is_read_to_its_end_and_no_other_is_opened(self):
        feeder = Feeder(self.folder / "train", [lines()] * 3)
        self.trained(f"pipe:{self.folder / 'train'}")
        feeder.thread.join(1)
        self.assertEqual(feeder.drained, [True])

    def test_a_pipe_that_is_closed_early_is_an_error(self):
        for form in FORMATS[2:]:
            prefix = self.folder / form
            Feeder(prefix, [encoded(form, lines())[:-5]])
            said = self.fail_with(program.DATA, *self.arguments(f"pipe:{prefix}", "m"))
            self.assertRegex(said, rf"{form}_0: byte \d+ \(record \d+\): the stream ends ")

    def test_a_pipe_of_damaged_data_is_closed(self):
        feeder = Feeder(self.folder / "train", [encoded("recordio", lines()) + b"damage" + lines() * 100])
        self.fail_with(program.DATA, *self.arguments(f"pipe:{self.folder / 'train'}", "m"))
        feeder.thread.join(program.SECONDS)
        self.assertEqual(feeder.drained, [False])

    def test_a_pipe_without_a_folder_is_no_input(self):
        said = self.fail_with(program.NO_INPUT, *self.arguments(f"pipe:{self.folder}/none/train", "m"))
        self.assertIn("none/train_0: cannot open", said)

    def test_awaiting_a_pipe_ends_with_a_signal(self):
        os.mkfifo(self.folder / "silent_0")
        for prefix in ("missing", "silent"):
            command = [str(a) for a in (self.program, *self.arguments(f"pipe:{self.folder / prefix}", "m"))]
            process = subprocess.Popen(command, stderr=subprocess.PIPE)
            time.sleep(1)
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=program.SECONDS)[1].decode()
            self.assertEqual(process.returncode, 128 + signal.SIGTERM, said)

    def test_one_pipe_cannot_be_two_inputs(self):
        said = self.fail_with(program.USAGE, *self.arguments("pipe:/x/train", "m", "-validation", "pipe:/x/train"))
        self.assertIn("pipe:/x/train is named more than once", said)
        self.assertIn("want pipe:PREFIX", self.fail_with(program.USAGE, *self.arguments("pipe:", "m")))


class Errors(FormatCase):
    def test_damaged_records_are_named(self):
        good = encoded("recordio", lines(3))
        for damage, what in ((b"damage..", "magic 0x616d6164"), (b"\x0a", "the stream ends in a header, 1 of"),
                             (struct.pack("<II", MAGIC, 100), "the stream ends 100 bytes before"),
                             (struct.pack("<II", MAGIC, 7 << 29), "part flag 7, want 0 or 1")):
            said = self.refused(good + damage)
            self.assertRegex(said, rf"\Abad: byte \d+ \(record 4\): {what}")

    def test_other_bytes_are_no_records(self):
        for form in FORMATS[2:]:
            said = self.refused(lines(), "-inputFormat", form)
            self.assertEqual(said, "bad: byte 0 (record 1): magic 0x616c5f5f, want 0xced7230a; is this RecordIO?")

    def test_numbers_where_text_is_wanted_are_refused_with_advice(self):
        tensor = delimited(1, delimited(1, b"values") + delimited(2, delimited(2, delimited(1, bytes(8)))))
        self.assertIn("record 1): the text is given as 32-bit floats, want bytes: send the words themselves",
                      self.refused(record(tensor)))

    def test_json_lines_without_a_label_are_refused(self):
        self.assertEqual(self.refused(b'{"source": "a", "label": 1}\n{"source": "b"}\n'),
                         'bad:2: no member "label"; the line has "source"')

    def test_a_file_named_json_lines_needs_the_members(self):
        path = self.write("x.jsonl", b'{"text": "a", "label": 1}\n')
        said = self.fail_with(program.DATA, *self.arguments(path, "m"))
        self.assertIn('x.jsonl:1: no member "source"; the line has "text", "label"', said)

    def test_an_unknown_format_is_a_wrong_option(self):
        self.assertIn("option -inputFormat: got \"csv\", want one of auto, text, jsonlines",
                      self.refused(b"", "-inputFormat", "csv", status=program.USAGE))


class Convert(FormatCase):
    def test_every_format_becomes_every_other(self):
        text = self.write("lines", lines())
        for form in FORMATS:
            there = self.folder / form
            self.succeed("convert", text, there, "-format", form)
            self.assertEqual(self.trained(there, name="a"), self.trained(text, name="b"), form)
            for source in (there, self.write("foreign", encoded(form, lines()))):
                self.succeed("convert", source, self.folder / "back", "-format", "text", "-from", form)
                self.assertEqual((self.folder / "back").read_bytes(), self.canonical(form), form)

    @staticmethod
    def canonical(form):
        """The lines with their labels in front, as all but text and text in records give them back."""
        if form in ("text", "recordio"):
            return lines()
        return b"".join(b" ".join([b"__label__%d" % n for n in labels] + [words]) + b"\n"
                        for labels, words in taken_apart(lines()))

    def test_known_bytes_are_written(self):
        text = self.write("one", b"__label__1 hello world\n")
        out = self.folder / "out"
        self.succeed("convert", text, out, "-format", "recordio-protobuf")
        self.assertEqual(out.read_bytes(), record(message([1], b"hello world")))
        self.succeed("convert", text, self.folder / "out.jsonl")
        self.assertEqual((self.folder / "out.jsonl").read_bytes(), b'{"source":"hello world","label":1}\n')

    def test_standard_streams_are_for_text(self):
        written = self.succeed("convert", "-", "-", "-format", "augmented-manifest", stdin=lines())
        self.assertEqual(written[:8], struct.pack("<II", MAGIC, len(next(taken_apart(lines()))[1])))
        back = self.succeed("convert", "-", "-", "-format", "text", stdin=written)
        self.assertEqual(back, self.canonical("augmented-manifest"))

    def test_another_prefix_is_known(self):
        text = self.write("one", b"#x hello\n")
        written = self.succeed("convert", text, "-", "-format", "jsonlines", "-label", "#")
        self.assertEqual(json.loads(written), {"source": "hello", "label": "x"})

    def test_what_cannot_be_written_is_named_with_its_line(self):
        text = self.write("bad", b"__label__1 good\n__label__1 \xff\n")
        said = self.fail_with(program.DATA, "convert", text, self.folder / "out.jsonl")
        self.assertIn("bad:2: bytes that are not UTF-8", said)
        self.assertFalse((self.folder / "out.jsonl").exists())
        text = self.write("bad", b"a\n__label__ b\n")
        self.assertIn('bad:2: label "__label__" has no name',
                      self.fail_with(program.DATA, "convert", text, self.folder / "out.jsonl"))

    def test_options_of_the_other_kind_are_refused(self):
        text = self.write("one", b"__label__1 hello\n")
        self.assertIn("option -top", self.fail_with(program.USAGE, "convert", text, "x.jsonl", "-top", 1))
        self.assertIn("option -from", self.fail_with(program.USAGE, "convert", text, "x.vec", "-from", "text"))
        self.assertIn("option -from", self.fail_with(program.USAGE, "convert", text, "x.jsonl", "-from", "csv"))

    def test_the_input_is_not_written_over(self):
        text = self.write("one", b"__label__1 hello\n")
        self.assertIn("both input and output", self.fail_with(program.USAGE, "convert", text, text, "-format", "recordio"))


if __name__ == "__main__":
    program.main()
