"""Trains, scores and predicts on four threads. Under ThreadSanitizer the program fails on any report outside the
weights (tests/tsan.supp); elsewhere this shows that threads neither lose nor reorder lines."""

import unittest

import program


class Threads(program.Case):
    def train_on_four(self, *options):
        return self.train(self.text, "-wordNgrams", 2, "-bucket", 1000, "-epoch", 2, "-validation", self.text, *options,
                          "-thread", 4)

    def test_free_training(self):
        for loss in program.LOSSES:
            with self.subTest(loss=loss):
                self.train_on_four("-loss", loss)

    def test_deterministic_training(self):
        for options in ((), ("-minn", 3, "-maxn", 4), ("-loss", "ova")):
            with self.subTest(options=options):
                self.train_on_four("-deterministic", *options)

    def test_scoring_and_predicting_keep_the_order_of_lines(self):
        model = self.train_on_four("-deterministic")
        for verb in ("test", "test-label", "predict", "predict-prob"):
            alone = self.succeed(verb, model, self.text, "-thread", 1)
            self.assertEqual(self.succeed(verb, model, self.text, "-thread", 4), alone, verb)


if __name__ == "__main__":
    program.main()
