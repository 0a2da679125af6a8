"""Models move in both directions: what fastText makes of a model file, ours or its own, Wordfire makes of it too.

Four losses x {no n-grams, word bigrams, character n-grams 3-6, both} x {one label a line, several}: for 1,000 lines the best
five labels with their probabilities, the figures of `test` and `test-label`, the vectors of the lines, and what `dump`
prints. Quantised models of fastText's are read as well.

usage: models_test.py PATH-OF-WORDFIRE [Softmax | HierarchicalSoftmax | NegativeSampling | OneVsAll]
"""

import re
from collections import Counter

import agreement
import data
import programs

TRAIN_LINES = 3000
TEST_LINES = 1000
BEST = 5
SMALL = ("-dim", 10, "-epoch", 5, "-lr", 0.5, "-bucket", 5000, "-thread", 2)
FEATURES = {
    "words": (),
    "bigrams": ("-wordNgrams", 2),
    "characters": ("-minn", 3, "-maxn", 6),
    "both": ("-wordNgrams", 2, "-minn", 3, "-maxn", 6),
}
QUANTIZE = {
    "plain": (),
    "norms": ("-qnorm",),
    "pruned": ("-qnorm", "-qout", "-cutoff", 1500),
}
VECTOR_BOUND = 1e-4  # of a number printed with five digits


def label_report(printed):
    """Rows of (F1, precision, recall, label) as `test-label` prints them."""
    pattern = re.compile(rb"F1-Score : (\S+)  Precision : (\S+)  Recall : (\S+)   (.+)")
    return [match.groups() for match in map(pattern.fullmatch, printed.split(b"\n")) if match]


def expected_report(labels, lines, best):
    """The same from the lines and the best label of each; lines without a known label do not count."""
    known = set(labels)
    predicted, true, both = Counter(), Counter(), Counter()
    for line, guesses in zip(lines, best):
        truth = [token for token in line.split(b" ") if token in known] if guesses else []
        guess = guesses[0][0] if truth else None
        true.update(truth)
        predicted.update([guess])
        both.update({guess} & set(truth))

    def share(part, whole):
        return b"%.6f" % (part / whole) if whole else b"--------"

    return [(share(2 * both[label], predicted[label] + true[label]), share(both[label], predicted[label]),
             share(both[label], true[label]), label) for label in labels]


class Models:
    """The tests, once for each loss."""

    loss = None

    def slices(self, data_set):
        return data.head(data_set.train, TRAIN_LINES), data.head(data_set.test, TEST_LINES)

    def check_predictions(self, model, text):
        theirs = self.peer.predictions(model, text, BEST)
        ours = self.ours.predictions(model, text, BEST)
        self.assertEqual(len(ours), len(theirs))
        bounds = agreement.label_bounds(self.loss, self.peer.dictionary(model))
        for number, (a, b) in enumerate(zip(theirs, ours), 1):
            problem = agreement.disagreement(a, b, self.loss, bounds)
            self.assertIsNone(problem, f"line {number}: {a} and {b}")

    def ties(self, model, text):
        """On how many lines the best label differs, as it may where fastText's table makes two equal."""
        return agreement.different_best(self.peer.predictions(model, text, 1), self.ours.predictions(model, text, 1))

    def check_scores(self, model, text, ties):
        theirs, ours = self.peer.scores(model, text), self.ours.scores(model, text)
        self.assertEqual(ours[0], theirs[0])
        for a, b in zip(theirs[1:], ours[1:]):
            self.assertAlmostEqual(a, b, delta=ties / theirs[0] + (1e-3 if ties else 0))

    def check_label_scores(self, model, text, ties):
        """fastText 0.9.2 miscounts true labels (F1 above 1), so its precision alone is compared; the rest is reckoned here."""
        ours = label_report(self.ours.run("test-label", model, text).stdout)
        if ties == 0:
            theirs = label_report(self.peer.run("test-label", model, text).stdout)
            self.assertEqual([(row[1], row[3]) for row in ours], [(row[1], row[3]) for row in theirs])
        labels = [label for label, _, kind in self.peer.dictionary(model) if kind == b"label"]
        best = [line[:1] for line in self.ours.predictions(model, text, 1)]
        self.assertEqual(ours, expected_report(labels, text.read_bytes().split(b"\n"), best))

    def check_vectors(self, model, text):
        lines = text.read_bytes()
        pairs = list(zip(self.peer.sentence_vectors(model, lines), self.ours.sentence_vectors(model, lines), strict=True))
        for number, (theirs, ours) in enumerate(pairs, 1):
            self.assertEqual(len(theirs), len(ours))
            for a, b in zip(theirs, ours):
                self.assertAlmostEqual(a, b, delta=VECTOR_BOUND * max(1, abs(a)), msg=f"line {number}")

    def check_dumps(self, model, kinds):
        for what in kinds:
            self.assertEqual(self.ours.dump(model, what), self.peer.dump(model, what), f"dump {what}")

    def check(self, model, text, dumps=("args", "dict", "input", "output")):
        self.check_predictions(model, text)
        ties = self.ties(model, text)
        self.check_scores(model, text, ties)
        self.check_label_scores(model, text, ties)
        self.check_vectors(model, text)
        self.check_dumps(model, dumps)

    def check_all_features(self, trainer, data_set):
        train, test = self.slices(data_set)
        for features, options in FEATURES.items():
            with self.subTest(data=data_set.name, features=features):
                output = self.folder / f"{data_set.name}-{features}"
                self.check(trainer.train(train, output, "-loss", self.loss, *SMALL, *options), test)

    def test_fasttext_models_with_one_label_a_line(self):
        self.check_all_features(self.peer, data.single_label())

    def test_fasttext_models_with_several_labels_a_line(self):
        self.check_all_features(self.peer, data.multi_label())

    def test_our_models_with_one_label_a_line(self):
        self.check_all_features(self.ours, data.single_label())

    def test_our_models_with_several_labels_a_line(self):
        self.check_all_features(self.ours, data.multi_label())

    def test_quantized_fasttext_models(self):
        train, test = self.slices(data.multi_label())
        options = (*SMALL, *FEATURES["both"], "-loss", self.loss)
        for kind, quantize in QUANTIZE.items():
            with self.subTest(kind=kind):
                output = self.folder / kind
                self.peer.train(train, output, *options)
                self.peer.run("quantize", "-input", train, "-output", output, *quantize)
                self.check(output.with_suffix(".ftz"), test, dumps=("args", "dict"))


class Softmax(Models, programs.ComparisonCase):
    loss = "softmax"


class HierarchicalSoftmax(Models, programs.ComparisonCase):
    loss = "hs"


class NegativeSampling(Models, programs.ComparisonCase):
    loss = "ns"


class OneVsAll(Models, programs.ComparisonCase):
    loss = "ova"


if __name__ == "__main__":
    programs.main()
