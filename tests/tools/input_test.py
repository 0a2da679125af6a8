"""Files that are missing, empty, folders, compressed or pipes, and the exit status of each."""

import bz2
import gzip
import os
import struct
import subprocess
import threading

import program

READERS = ("predict", "predict-prob", "test", "test-label")


def zstd(text):
    """A zstd frame that stores `text` as it is (RFC 8878: one segment, raw blocks)."""
    frame = struct.pack("<IBQ", 0xFD2FB528, 0xE0, len(text))
    blocks = [text[i:i + 65536] for i in range(0, len(text), 65536)] or [b""]
    for i, block in enumerate(blocks):
        last = i == len(blocks) - 1
        frame += struct.pack("<I", len(block) << 3 | last)[:3] + block
    return frame


class ExitCodes(program.Case):
    def test_a_missing_model_is_no_input(self):
        for verb in (*READERS, "verify"):
            arguments = [verb, self.folder / "none.bin", *([self.text] if verb in READERS else [])]
            self.assertIn("none.bin", self.fail_with(program.NO_INPUT, *arguments))
        self.fail_with(program.NO_INPUT, "dump", self.folder / "none.bin", "args")
        self.fail_with(program.NO_INPUT, "print-sentence-vectors", self.folder / "none.bin")

    def test_a_model_that_shrinks_in_use_is_an_error_that_says_so(self):
        model = self.train(self.text, "-dim", 300)
        process = subprocess.Popen([self.program, "predict", model, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        process.stdin.write(b"cat dog cow\n")
        process.stdin.flush()
        self.assertTrue(process.stdout.readline())
        os.truncate(model, 0)
        said = process.communicate(b"red green blue\n", timeout=program.SECONDS)[1].decode()
        self.assertEqual(process.returncode, program.IO, said)
        self.assertRegex(said, r"\Awordfire: a file in use was cut short[^\n]*\n\Z")

    def test_a_folder_is_no_model(self):
        message = self.fail_with(program.NO_INPUT, "predict", self.folder, self.text)
        self.assertIn(str(self.folder), message)
        self.assertIn("directory", message)

    def test_a_text_is_no_model(self):
        message = self.fail_with(program.DATA, "predict", self.text, self.text)
        self.assertIn(str(self.text), message)

    def test_missing_text_is_no_input(self):
        for verb in READERS:
            self.assertIn("none.txt", self.fail_with(program.NO_INPUT, verb, self.model(), self.folder / "none.txt"))
        for flag in ("-input", "-validation"):
            message = self.fail_with(program.NO_INPUT, "supervised", "-input", self.text, "-output",
                                     self.folder / "m", flag, self.folder / "none.txt")
            self.assertIn("none.txt", message)

    def test_a_folder_is_no_text_to_predict(self):
        for verb in READERS:
            self.assertIn("directory", self.fail_with(program.NO_INPUT, verb, self.model(), self.folder))

    def test_training_without_lines_is_wrong_data(self):
        for content in (b"", b"\n\n\n", b"words alone\n", b"__label__a\n"):
            text = self.write("text", content)
            message = self.fail_with(program.DATA, "supervised", "-input", text, "-output", self.folder / "m",
                                     "-verbose", 0)
            self.assertNotEqual(message, "")
            self.assertFalse((self.folder / "m.bin").exists())

    def test_scoring_without_known_labels_is_wrong_data(self):
        for content in (b"", b"\n", b"cat dog\n", b"__label__unknown cat\n"):
            text = self.write("text", content)
            for verb in ("test", "test-label"):
                self.assertIn("label", self.fail_with(program.DATA, verb, self.model(), text))

    def test_a_folder_that_cannot_be_written_to(self):
        for output in (self.folder / "none" / "m", "/proc/m", self.text / "m"):
            self.fail_with(program.CANNOT_CREATE, "supervised", "-input", self.text, "-output", output, "-verbose", 0)

    def test_dump_wants_a_part(self):
        self.assertIn("args, dict, input or output", self.fail_with(program.USAGE, "dump", self.model(), "words"))


class Sources(program.Case):
    def setUp(self):
        super().setUp()
        self.lines = self.text.read_bytes()
        self.wanted = self.succeed("predict-prob", self.model(), self.text, 2)

    def test_standard_input_is_a_file_or_a_pipe(self):
        with open(self.text, "rb") as file:
            self.assertEqual(self.succeed("predict-prob", self.model(), "-", 2, stdin_file=file), self.wanted)
        self.assertEqual(self.succeed("predict-prob", self.model(), "-", 2, stdin=self.lines), self.wanted)

    def test_a_fifo_is_read(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        writer = threading.Thread(target=lambda: fifo.write_bytes(self.lines))
        writer.start()
        self.assertEqual(self.succeed("predict-prob", self.model(), fifo, 2), self.wanted)
        writer.join()

    def test_compressed_text_is_told_by_its_bytes(self):
        for packed in (gzip.compress(self.lines), zstd(self.lines)):
            self.assertEqual(self.succeed("predict-prob", self.model(), self.write("text", packed), 2), self.wanted)
            self.assertEqual(self.succeed("predict-prob", self.model(), "-", 2, stdin=packed), self.wanted)

    def test_compressed_text_that_is_cut_is_wrong_data(self):
        for packed in (gzip.compress(self.lines), zstd(self.lines)):
            path = self.write("text", packed[:len(packed) // 2])
            self.assertIn("text", self.fail_with(program.DATA, "predict", self.model(), path))

    def test_lines_before_a_damaged_place_are_answered(self):
        wanted = self.succeed("predict", self.model(), self.write("text", self.lines * 50))
        packed = gzip.compress(self.lines * 50)
        path = self.write("text.gz", packed[:len(packed) * 9 // 10])
        for threads in (1, 8):
            done = self.run_program("predict", self.model(), path, "-thread", threads)
            self.assertEqual(done.returncode, program.DATA)
            self.assertGreater(len(done.stdout), len(wanted) // 2)
            self.assertTrue(wanted.startswith(done.stdout))

    def test_files_that_are_no_text_are_refused_by_kind(self):
        for content, kind in ((b"\xfd7zXZ\0" + b"x" * 100, "xz data"), (bz2.compress(self.lines), "bzip2 data"),
                              (b"PK\3\4" + b"x" * 100, "a zip file"), (self.model().read_bytes(), "a model")):
            path = self.write("text", content)
            self.assertIn(f"{path}: {kind}, want text", self.fail_with(program.DATA, "predict", self.model(), path))
            self.assertIn(f"{path}: {kind}, want text",
                          self.fail_with(program.DATA, "supervised", "-input", path, "-output", self.folder / "m"))
            self.assertIn(f"{path}: {kind}, want text",
                          self.fail_with(program.DATA, "prepare", "-input", path, "-output", self.folder / "t"))
        self.succeed("predict", self.model(), self.write("text", b"BZh is a word"))

    def test_scores_are_those_of_the_file_from_every_source(self):
        wanted = self.succeed("test", self.model(), self.text)
        self.assertEqual(self.succeed("test", self.model(), "-", stdin=self.lines), wanted)
        self.assertEqual(self.succeed("test", self.model(), self.write("t.gz", gzip.compress(self.lines))), wanted)

    def test_training_takes_every_source(self):
        half = self.lines.index(b"\n", len(self.lines) // 2) + 1
        folder = self.folder / "parts"
        folder.mkdir()
        parts = [folder / "a.txt", folder / "b.gz"]
        parts[0].write_bytes(self.lines[:half])
        parts[1].write_bytes(gzip.compress(self.lines[half:]))
        wanted = self.train(self.text, "-deterministic", name="whole").read_bytes()
        self.assertEqual(self.train(folder, "-deterministic", name="folder").read_bytes(), wanted)
        self.assertEqual(self.train(self.write("t.zst", zstd(self.lines)), "-deterministic").read_bytes(), wanted)
        self.succeed("supervised", "-input", *parts, "-output", self.folder / "list", "-dim", 8, "-verbose", 0,
                     "-deterministic")
        self.assertEqual((self.folder / "list.bin").read_bytes(), wanted)
        self.succeed("supervised", "-input", "-", "-output", self.folder / "pipe", "-dim", 8, "-verbose", 0,
                     "-deterministic", stdin=self.lines)
        self.assertEqual((self.folder / "pipe.bin").read_bytes(), wanted)

    def test_an_answer_comes_as_soon_as_a_line_was_written(self):
        process = subprocess.Popen([self.program, "predict", self.model(), "-"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        timer = threading.Timer(program.SECONDS, process.kill)
        timer.start()
        for line, label in ((b"cat dog cow\n", b"__label__animal\n"), (b"red green\n", b"__label__colour\n")):
            process.stdin.write(line)
            process.stdin.flush()
            self.assertEqual(process.stdout.readline(), label)
        process.stdin.close()
        self.assertEqual(process.wait(), 0)
        process.stdout.close()
        timer.cancel()


if __name__ == "__main__":
    program.main()
