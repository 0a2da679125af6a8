"""What predict, test, dump and their kin print: fastText's formats, the order of lines, JSON, and outputs that fail."""

import json
import os
import re
import shutil
import subprocess
import unittest

import program

FASTTEXT = shutil.which(os.environ.get("WORDFIRE_PEER", "fasttext"))


class Predictions(program.Case):
    def test_labels_are_separated_by_one_blank(self):
        text = self.write("text", b"cat dog owl\nred green blue\n")
        self.assertEqual(self.succeed("predict", self.model(), text), b"__label__animal\n__label__colour\n")
        self.assertEqual(self.succeed("predict", self.model(), text, -1),
                         b"__label__animal __label__colour\n__label__colour __label__animal\n")

    def test_probabilities_have_six_digits(self):
        printed = self.succeed("predict-prob", self.model(), self.text, -1).decode()
        number = r"(0(\.\d+)?|1|\d\.?\d*e-\d\d)"
        for line in printed.splitlines():
            self.assertRegex(line, rf"\A__label__\w+ {number} __label__\w+ {number}\Z")
            self.assertLessEqual(max(len(p.lstrip("0.")) for p in line.split()[1::2] if "e" not in p), 6)

    def test_softmax_probabilities_sum_to_one(self):
        for line in self.succeed("predict-prob", self.model(), self.text, -1).decode().splitlines():
            probabilities = [float(p) for p in line.split()[1::2]]
            self.assertAlmostEqual(sum(probabilities), 1, delta=1e-5)
            self.assertEqual(probabilities, sorted(probabilities, reverse=True))

    def test_threshold_leaves_labels_out_but_no_lines(self):
        lines = self.succeed("predict", self.model(), self.text, -1, 0.6).split(b"\n")
        self.assertEqual(len(lines), self.text.read_bytes().count(b"\n") + 1)
        self.assertEqual(set(lines), {b"__label__animal", b"__label__colour", b""})

    def test_every_line_is_answered_in_its_place(self):
        text = self.write("text", b"\n\ncat\n\nred\0green\r\nowl")
        self.assertEqual(self.succeed("predict", self.model(), text).count(b"\n"), 6)
        lines = self.succeed("predict", self.model(), text).split(b"\n")
        self.assertEqual((lines[2], lines[4], lines[5]), (b"__label__animal", b"__label__colour", b"__label__animal"))

    def test_threads_do_not_change_the_output(self):
        text = self.write("text", self.text.read_bytes() * 300)
        wanted = self.succeed("predict-prob", self.model(), text, 2, "-thread", 1)
        for threads in (2, 3, 8, 32):
            self.assertEqual(self.succeed("predict-prob", self.model(), text, 2, "-thread", threads), wanted)
        alone = self.succeed("predict-prob", self.model(), self.text, 2)
        self.assertEqual(wanted, alone * 300)

    def test_losses_give_probabilities(self):
        for loss in program.LOSSES:
            for line in self.succeed("predict-prob", self.model(loss), self.text, -1).decode().splitlines():
                self.assertTrue(all(0 <= float(p) <= 1 for p in line.split()[1::2]), line)

    def test_json_has_one_object_a_line(self):
        text = self.write("text", b"cat dog owl\n\nred")
        lines = self.succeed("predict", self.model(), text, 2, "--json").decode().split("\n")
        self.assertEqual(lines.pop(), "")
        self.assertEqual(len(lines), 3)
        answer = json.loads(lines[0])
        self.assertEqual(answer["label"], ["__label__animal", "__label__colour"])
        self.assertGreater(answer["prob"][0], answer["prob"][1])
        self.assertEqual(set(answer), {"label", "prob"})

    def test_json_of_labels_that_are_not_utf8(self):
        text = self.write("train", b"__label__\xff\"\\ cat dog\n__label__b red\n" * 5)
        model = self.train(text, "-epoch", 1)
        for line in self.succeed("predict", model, text, 2, "--json").decode().splitlines():
            self.assertEqual(set(json.loads(line)["label"]), {'__label__\ufffd"\\', "__label__b"})

    def test_sentence_vectors_have_a_number_a_dimension(self):
        printed = self.succeed("print-sentence-vectors", self.model(), stdin=b"cat dog\n\nunknown words")
        lines = printed.decode().split("\n")
        self.assertEqual(len(lines), 4)
        for line in lines[:3]:
            self.assertRegex(line, r"\A(-?\d[\d.e+-]* ){8}\Z")


class Scores(program.Case):
    def test_scores_are_three_lines(self):
        self.assertRegex(self.succeed("test", self.model(), self.text).decode(), r"\AN\t400\nP@1\t\S+\nR@1\t\S+\n\Z")
        self.assertIn(b"P@-1\t", self.succeed("test", self.model(), self.text, -1))

    def test_label_scores_have_six_digits_and_totals_three(self):
        text = self.write("text", b"__label__animal cat dog\n" * 3)
        self.assertEqual(self.succeed("test-label", self.model(), text).decode(),
                         "F1-Score : 1.000000  Precision : 1.000000  Recall : 1.000000   __label__animal\n"
                         "F1-Score : --------  Precision : --------  Recall : --------   __label__colour\n"
                         "N\t3\nP@1\t1.000\nR@1\t1.000\n")

    def test_precision_without_predictions_is_not_a_number(self):
        text = self.write("text", b"__label__animal cat red dog blue\n" * 3)
        self.assertEqual(self.succeed("test", self.model("ova"), text, 1, 1).decode(), "N\t3\nP@1\tnan\nR@1\t0\n")
        answer = json.loads(self.succeed("test", self.model("ova"), text, 1, 1, "--json"))
        self.assertIsNone(answer["precision"])

    def test_threads_do_not_change_the_scores(self):
        text = self.write("text", self.text.read_bytes() * 100)
        wanted = self.succeed("test-label", self.model(), text, 1, 0.7, "-thread", 1)
        for threads in (2, 8):
            self.assertEqual(self.succeed("test-label", self.model(), text, 1, 0.7, "-thread", threads), wanted)

    def test_json_has_the_same_figures(self):
        printed = dict(line.split("\t") for line in self.succeed("test", self.model(), self.text).decode().splitlines())
        answer = json.loads(self.succeed("test", self.model(), self.text, "--json"))
        self.assertEqual((answer["examples"], answer["k"]), (int(printed["N"]), 1))
        self.assertEqual(f'{answer["precision"]:.3g}', printed["P@1"])
        labels = json.loads(self.succeed("test-label", self.model(), self.text, "--json"))["labels"]
        self.assertEqual([label["label"] for label in labels], ["__label__animal", "__label__colour"])
        self.assertEqual(sum(label["predicted"] for label in labels), 400)


@unittest.skipUnless(FASTTEXT, "fasttext is not installed")
class LikeFastText(program.Case):
    def assert_equal_output(self, *arguments, stdin=b""):
        peer = subprocess.run([FASTTEXT, *map(str, arguments)], input=stdin, capture_output=True, timeout=60)
        self.assertEqual(self.succeed(*arguments, stdin=stdin), peer.stdout, arguments)

    def assert_equal_totals(self, *arguments):
        """The lines of labels aside: fastText 0.9.2 does not count true labels there (F1 2, no recall)."""
        peer = subprocess.run([FASTTEXT, *map(str, arguments)], capture_output=True, timeout=60)
        self.assertEqual(self.succeed(*arguments).splitlines()[-3:], peer.stdout.splitlines()[-3:], arguments)

    def test_word_vectors_are_no_classifier(self):
        subprocess.run([FASTTEXT, "skipgram", "-input", self.text, "-output", self.folder / "words", "-dim", "4", "-bucket",
                        "100", "-minCount", "1", "-epoch", "1"], check=True, capture_output=True, timeout=60)
        for verb in ("predict", "test"):
            self.assertIn("word vectors", self.fail_with(program.DATA, verb, self.folder / "words.bin", self.text))

    def test_dumps_are_equal(self):
        for model in (self.model(), self.model("hs", "-wordNgrams", 2, "-bucket", 100, "-t", 0.001)):
            for part in ("args", "dict", "input", "output"):
                self.assert_equal_output("dump", model, part)

    def test_labels_and_scores_are_equal(self):
        for loss in program.LOSSES:
            for k in (1, 2):
                self.assert_equal_output("test", self.model(loss), self.text, k)
                self.assert_equal_totals("test-label", self.model(loss), self.text, k)
            self.assert_equal_output("predict", self.model(loss), self.text)

    def test_sentence_vectors_of_one_word_are_equal(self):
        words = b"".join(word + b"\n" for word in program.COLOURS)
        ours = self.succeed("print-sentence-vectors", self.model(), stdin=words).split(b"\n")
        peer = subprocess.run([FASTTEXT, "print-sentence-vectors", self.model()], input=words, capture_output=True)
        for mine, theirs in zip(ours, peer.stdout.split(b"\n"), strict=True):
            self.assertEqual(len(mine.split()), len(theirs.split()))
            for a, b in zip(mine.split(), theirs.split()):
                self.assertAlmostEqual(float(a), float(b), delta=2e-4 * max(abs(float(b)), 0.01))


class FailingOutput(program.Case):
    VERBS = (("predict", 1), ("predict-prob", 1), ("test", 1), ("test-label", 1))

    def commands(self):
        for verb, k in self.VERBS:
            yield verb, self.model(), self.text, k
        yield "dump", self.model(), "dict"
        yield "verify", self.model()

    def test_a_full_device_is_an_error(self):
        for command in self.commands():
            with open("/dev/full", "wb") as full, self.subTest(command=command[0]):
                self.assertIn("standard output", self.fail_with(program.IO, *command, stdout=full))

    def test_a_closed_pipe_is_an_error(self):
        for command in self.commands():
            reader, writer = os.pipe()
            os.close(reader)
            with os.fdopen(writer, "wb") as pipe, self.subTest(command=command[0]):
                self.assertIn("standard output", self.fail_with(program.IO, *command, stdout=pipe))

    def test_a_closed_descriptor_is_an_error(self):
        done = subprocess.run(["/bin/sh", "-c", '"$0" predict "$1" "$2" >&-', self.program, self.model(), self.text],
                              stderr=subprocess.PIPE, timeout=program.SECONDS)
        self.assertEqual(done.returncode, program.IO, done.stderr)

    def test_a_reader_that_leaves_ends_the_work(self):
        text = self.write("text", self.text.read_bytes() * 2000)
        process = subprocess.Popen([self.program, "predict", self.model(), text, "-1"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        self.assertTrue(process.stdout.readline())
        process.stdout.close()
        self.assertTrue(re.search(rb"standard output", process.stderr.read()))
        process.stderr.close()
        self.assertEqual(process.wait(), program.IO)


if __name__ == "__main__":
    program.main()
