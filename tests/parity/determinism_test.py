"""Deterministic mode: the same data, options and seed give the same files, byte for byte, for any number of threads.

Four losses, with and without word bigrams and character n-grams, one label a line and several; .bin and .vec. The normal run
trains each with 1, 2, 4 and 8 threads, WORDFIRE_LONG=1 also with 16 and 32 and ten times each. Another seed must give other
bytes, one thread in free mode the same bytes twice, and free mode may not vary by more than 0.3 points (long run alone).

usage: determinism_test.py PATH-OF-WORDFIRE
"""

import unittest

import data
import programs

THREADS = (1, 2, 4, 8, 16, 32) if programs.LONG else (1, 2, 4, 8)
REPEATS = 10 if programs.LONG else 1
LINES = 3000 if programs.LONG else 1500
LOSSES = ("softmax", "hs", "ns", "ova")
NGRAMS = {
    "words": (),
    "n-grams": ("-wordNgrams", 2, "-minn", 3, "-maxn", 4, "-bucket", 20000),
}
SMALL = ("-epoch", 3, "-lr", 0.5, "-seed", 7)
FREE_SEEDS = 20
FREE_SPREAD = 0.3  # points


class Determinism(programs.ComparisonCase):
    def files_of(self, text, *options):
        """Checksums of .bin and .vec. The name is always the same, lest it gets into a file."""
        output = self.folder / "model"
        self.ours.train(text, output, *options)
        return programs.sha256(f"{output}.bin"), programs.sha256(f"{output}.vec")

    def check(self, data_set, *options):
        text = data.head(data_set.train, LINES)
        expected = self.files_of(text, "-deterministic", "-thread", 1, *options)
        for threads in THREADS * REPEATS:
            with self.subTest(data=data_set.name, options=options, threads=threads):
                found = self.files_of(text, "-deterministic", "-thread", threads, *options)
                self.assertEqual(found, expected)

    def check_losses(self, data_set):
        for loss in LOSSES:
            for ngrams in NGRAMS.values():
                self.check(data_set, *SMALL, "-loss", loss, "-dim", 10, *ngrams)

    def test_one_label_a_line(self):
        self.check_losses(data.single_label())

    def test_several_labels_a_line(self):
        self.check_losses(data.multi_label())

    def test_vectors_of_every_shape(self):
        for dim in (1, 3, 8, 16, 100):
            self.check(data.single_label(), *SMALL, "-dim", dim)

    def test_the_default_number_of_threads(self):
        text = data.head(data.single_label().train, LINES)
        options = (*SMALL, "-dim", 10, "-deterministic")
        self.assertEqual(self.files_of(text, *options), self.files_of(text, "-thread", 1, *options))

    def test_another_seed_gives_other_bytes(self):
        text = data.head(data.single_label().train, LINES)
        options = ("-dim", 10, "-deterministic", "-thread", 2)
        self.assertNotEqual(self.files_of(text, *options, "-seed", 1), self.files_of(text, *options, "-seed", 2))

    def test_one_thread_gives_the_same_bytes_twice_in_free_mode(self):
        text = data.head(data.multi_label().train, LINES)
        options = (*SMALL, "-dim", 10, "-wordNgrams", 2, "-bucket", 20000, "-thread", 1)
        self.assertEqual(self.files_of(text, *options), self.files_of(text, *options))

    @unittest.skipUnless(programs.LONG, "twenty trainings on a whole data set: WORDFIRE_LONG=1")
    def test_free_mode_hardly_varies(self):
        data_set = data.single_label()
        options = ("-dim", 10, "-wordNgrams", 2, "-epoch", 5, "-lr", 0.5)
        found = []
        for seed in range(FREE_SEEDS):
            model = self.ours.train(data_set.train, self.folder / "model", *options, "-seed", seed)
            found.append(100 * self.ours.scores(model, data_set.test)[1])
        self.assertLessEqual(max(found) - min(found), FREE_SPREAD, found)


if __name__ == "__main__":
    programs.main(needs_peer=False)
