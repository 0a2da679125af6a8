"""Vocabulary, counts, hashes and n-gram ids are fastText's.

`dump dict` must be equal, in order and counts, on every data set and on a file of hostile tokens, with thresholds and with
another label prefix. Hashes and n-gram ids are compared through the vectors of lines: with one random row an id, equal means
over a line's rows are equal ids. The differences that README lists are tested as differences.

usage: vocabulary_test.py PATH-OF-WORDFIRE
"""

import data
import hostile_text
import programs

FAST = ("-dim", 2, "-epoch", 1)
VECTOR_BOUND = 1e-4


class Vocabulary(programs.ComparisonCase):
    def written(self, text, name="train.txt"):
        path = self.folder / name
        path.write_bytes(text)
        return path

    def dictionary(self, program, path, *options):
        return program.dictionary(program.train(path, self.folder / "model", *FAST, *options))

    def assert_same_dictionary(self, path, *options):
        theirs = self.dictionary(self.peer, path, *options)
        ours = self.dictionary(self.ours, path, *options)
        self.assertEqual(len(ours), len(theirs))
        for number, (a, b) in enumerate(zip(theirs, ours)):
            self.assertEqual(b, a, f"entry {number}")

    def test_every_data_set(self):
        for data_set in data.data_sets().values():
            with self.subTest(data=data_set.name):
                self.assert_same_dictionary(data_set.train)

    def test_thresholds(self):
        for data_set in (data.single_label(), data.multi_label()):
            with self.subTest(data=data_set.name):
                self.assert_same_dictionary(data_set.train, "-minCount", 5, "-minCountLabel", 20)

    def test_several_threads(self):
        self.assert_same_dictionary(data.single_label().train, "-thread", 4)

    def test_another_label_prefix(self):
        text = data.multi_label().train.read_bytes().replace(b"__label__", b"@@")
        self.assert_same_dictionary(self.written(text), "-label", "@@")

    def test_hostile_tokens(self):
        self.assert_same_dictionary(self.written(hostile_text.text()))

    def test_hostile_tokens_with_thresholds(self):
        self.assert_same_dictionary(self.written(hostile_text.text(seed=3)), "-minCount", 4, "-minCountLabel", 2)

    def test_hostile_tokens_in_windows_lines(self):
        self.assert_same_dictionary(self.written(hostile_text.text(seed=4).replace(b"\n", b"\r\n")))

    def test_end_of_line_token_in_the_text_is_counted(self):
        self.assert_same_dictionary(self.written(b"__label__a x </s> y\n__label__b </s> </s>z\n" * 20))


class Ids(programs.ComparisonCase):
    """A model of fastText's whose rows all differ: twelve threads draw all of them."""

    def model(self, *options):
        path = self.folder / "hostile.txt"
        path.write_bytes(hostile_text.text())
        return self.peer.train(path, self.folder / "model", "-dim", 8, "-epoch", 1, "-thread", 12, *options)

    def assert_same_vectors(self, model, text):
        theirs = self.peer.sentence_vectors(model, text)
        ours = self.ours.sentence_vectors(model, text)
        self.assertEqual(len(ours), len(theirs))
        for number, (a, b) in enumerate(zip(theirs, ours), 1):
            self.assertEqual(len(a), len(b))
            for value, other in zip(a, b):
                self.assertAlmostEqual(value, other, delta=VECTOR_BOUND, msg=f"line {number}")

    def check(self, *options):
        model = self.model(*options)
        for text in (hostile_text.text(), hostile_text.unseen_lines(), data.multi_label().test.read_bytes()):
            self.assert_same_vectors(model, text)

    def test_words(self):
        self.check()

    def test_word_ngrams(self):
        for longest in (2, 5):
            with self.subTest(longest=longest):
                self.check("-wordNgrams", longest, "-bucket", 100003)

    def test_character_ngrams(self):
        for shortest, longest in ((3, 6), (1, 3), (2, 2)):
            with self.subTest(shortest=shortest, longest=longest):
                self.check("-minn", shortest, "-maxn", longest, "-bucket", 100003)

    def test_both(self):
        self.check("-wordNgrams", 3, "-minn", 2, "-maxn", 5, "-bucket", 99991)


class Differences(programs.ComparisonCase):
    """Where Wordfire departs from fastText on purpose."""

    def train(self, text):
        path = self.folder / "train.txt"
        path.write_bytes(text)
        return self.ours.train(path, self.folder / "model", *FAST)

    def test_a_byte_order_mark_is_not_part_of_the_first_token(self):
        model = self.train(b"\xef\xbb\xbf__label__a x\n__label__b y\n")
        self.assertEqual({text for text, _, kind in self.ours.dictionary(model) if kind == b"label"},
                         {b"__label__a", b"__label__b"})

    def test_a_label_without_a_name_is_refused(self):
        path = self.folder / "train.txt"
        path.write_bytes(b"__label__a x\n__label__ y\n")
        done = self.ours.run("supervised", "-input", path, "-output", self.folder / "model", check=False)
        self.assertEqual(done.returncode, 65)
        self.assertIn(b"__label__", done.stderr)

    def test_an_end_of_line_token_in_the_text_does_not_end_the_line(self):
        model = self.train(b"__label__a x\n__label__b y\n" * 5)
        text = self.folder / "test.txt"
        text.write_bytes(b"x </s> y\n" * 7)
        self.assertEqual(len(self.ours.predictions(model, text, 1)), 7)


if __name__ == "__main__":
    programs.main()
