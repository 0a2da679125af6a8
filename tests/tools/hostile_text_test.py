"""Text that is wrong, odd or huge: training, predicting and scoring end in a result or in exit status 65, in time, never by
a signal; predict answers every line."""

import os

import program

# A sanitizer makes everything slower; the limit is there to find what does not end.
SECONDS = 10 * float(os.environ.get("WORDFIRE_SLOWNESS", "1"))
MEGA = 1 << 20

LABELLED = b"__label__a cat dog\n__label__b red green\n" * 20
OK, WRONG = program.SUCCESS, program.DATA

# Name -> text, exit status of training, exit status of test with a model that knows __label__animal.
TEXTS = {
    "empty": (b"", WRONG, WRONG),
    "blank lines": (b"\n" * 1000, WRONG, WRONG),
    "labels alone": (b"__label__a\n__label__b\n" * 10, OK, WRONG),  # learnt from the end of the line
    "no label": (b"cat dog\nred green\n" * 10, WRONG, WRONG),
    "prefix alone": (b"__label__ cat\n__label__a dog\n__label__b red\n" * 10, None, WRONG),
    "one label": (b"__label__animal cat dog\n" * 10, None, OK),
    "one word": (b"__label__animal cat\n__label__colour cat\n" * 10, OK, OK),
    "one line": (b"__label__animal cat\n", None, OK),
    "byte-order mark": (b"\xef\xbb\xbf" + LABELLED, OK, WRONG),
    "line ends of Windows": (LABELLED.replace(b"\n", b"\r\n"), OK, WRONG),
    "carriage returns alone": (LABELLED.replace(b"\n", b"\r"), None, WRONG),
    "zero bytes": (LABELLED.replace(b" ", b"\0"), OK, WRONG),
    "nothing but zero bytes": (b"\0" * 100000, WRONG, WRONG),
    "invalid UTF-8": (LABELLED.replace(b"cat", b"c\xff\xfe\xc3\xa9t\x80"), OK, WRONG),
    "overlong UTF-8": (LABELLED.replace(b"cat", b"\xc0\xaf\xe0\x80\x80\xf8\x88\x80\x80\x80"), OK, WRONG),
    "no final newline": (LABELLED[:-1], OK, WRONG),
    "wide blanks": (LABELLED.replace(b" ", " \u00a0\u3000\u2028 ".encode()), OK, WRONG),
    "end of line in text": (LABELLED.replace(b"dog", b"</s> dog </s>"), OK, WRONG),
    "a token of 20 MB": (LABELLED + b"__label__a " + b"x" * (20 * MEGA) + b"\n", OK, WRONG),
    "a million labels in a line": (b" ".join(b"__label__%d" % i for i in range(MEGA)) + b" cat\n", None, WRONG),
    "a million lines of a token": (LABELLED + b"cat\n" * 1000000, OK, WRONG),
    "a line of 400000 tokens": (LABELLED + b"__label__a" + b" cat" * 400000 + b"\n", OK, WRONG),
}
# Trained with n-grams, too, where those could grow without bound.
OPTIONS = {"plain": (), "n-grams": ("-wordNgrams", 3, "-minn", 2, "-maxn", 4, "-bucket", 1000)}


def lines_of(text):
    return text.count(b"\n") + (not text.endswith(b"\n") and text != b"")


class HostileText(program.Case):
    def expect(self, status, *arguments):
        done = self.run_program(*arguments, timeout=SECONDS)
        wanted = (OK, WRONG) if status is None else (status,)
        self.assertIn(done.returncode, wanted, done.stderr[-300:])
        if done.returncode == WRONG:
            self.assertRegex(done.stderr, rb"wordfire: [^\n]+\n\Z")
        return done

    def texts(self):
        for name, (text, training, scoring) in TEXTS.items():
            with self.subTest(text=name):
                path = self.write("text", text)
                yield path, text, training, scoring
        # The last of several gigabytes: refused before it is held in memory.
        if program.LONG:
            with self.subTest(text="a line of 1 GiB"):
                path = self.folder / "text"
                with open(path, "wb") as file:
                    for _ in range(1024):
                        file.write(b"x" * MEGA)
                yield path, None, WRONG, WRONG

    def train_all(self, loss):
        for path, _, status, _ in self.texts():
            for name, options in OPTIONS.items():
                with self.subTest(options=name):
                    model = self.folder / "model.bin"
                    model.unlink(missing_ok=True)
                    done = self.expect(status, "supervised", "-input", path, "-output", self.folder / "model", "-dim", 4,
                                       "-epoch", 2, "-loss", loss, "-verbose", 0, *options)
                    self.assertEqual(model.exists(), done.returncode == OK)
                    if done.returncode == OK:
                        self.succeed("predict", model, "-", stdin=b"cat\n")

    def test_training_with_softmax(self):
        self.train_all("softmax")

    def test_training_with_negative_sampling(self):
        self.train_all("ns")

    def test_training_with_hierarchical_softmax(self):
        self.train_all("hs")

    def test_training_with_one_vs_all(self):
        self.train_all("ova")

    def test_predicting_answers_every_line(self):
        model = self.model("softmax", "-wordNgrams", 2, "-minn", 2, "-maxn", 4, "-bucket", 1000)
        for path, text, _, _ in self.texts():
            for verb in ("predict", "predict-prob"):
                done = self.expect(OK if text is not None else WRONG, verb, model, path)
                if text is not None:
                    self.assertEqual(done.stdout.count(b"\n"), lines_of(text))

    def test_scoring(self):
        for path, _, _, status in self.texts():
            self.expect(status, "test", self.model(), path)

    def test_sentence_vectors_answer_every_line(self):
        for path, text, _, _ in self.texts():
            if text is not None and len(text) < MEGA:
                with open(path, "rb") as file:
                    printed = self.succeed("print-sentence-vectors", self.model(), stdin_file=file, timeout=SECONDS)
                self.assertEqual(printed.count(b"\n"), lines_of(text))


if __name__ == "__main__":
    program.main()
