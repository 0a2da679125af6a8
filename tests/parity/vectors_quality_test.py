"""Word vectors of a slice of real text are as good as fastText's: words that stand next to each other in held-out text are
nearer to each other than to words at random, by a measure that needs no list of people's scores.

fastText runs with twelve threads, as it does unless told otherwise.

usage: vectors_quality_test.py PATH-OF-WORDFIRE
"""

import itertools
import math
import random

import data
import programs

LINES = 8000
TRAINING = ("-dim", 30, "-epoch", 4, "-minCount", 5, "-verbose", 0)
KINDS = {"words": ("-maxn", 0), "n-grams": ("-minn", 3, "-maxn", 5, "-bucket", 50000)}
# Words that mean something and are not rare: ranks of frequency.
FIRST, LAST = 100, 3000
PAIRS, OTHERS = 400, 200
# The mean place of a neighbour, from 0 to 1, is 0.5 by chance; five runs of fastText differed by 0.014.
TOLERANCE = 0.02
CHANCE = 0.5


def unit(vector):
    length = math.sqrt(sum(x * x for x in vector)) or 1
    return [x / length for x in vector]


def read_vectors(path):
    with open(path, "rb") as file:
        next(file)
        rows = (line.split() for line in itertools.islice(file, LAST))
        return {row[0]: unit([float(x) for x in row[1:]]) for row in rows}


def held_out_pairs(known):
    """The same for every program: pairs of different words next to each other in the test text."""
    with open(data.single_label().test, "rb") as text:
        lines = [line.split()[1:] for line in text]
    pairs = {pair for line in lines for pair in itertools.pairwise(line) if pair[0] != pair[1] and known.issuperset(pair)}
    return random.Random(1).sample(sorted(pairs), PAIRS)


def mean_place(vectors, pairs, words):
    """The mean share of other words that are farther from a word than its neighbour is."""
    draw = random.Random(2)

    def cosine(a, b):
        return sum(x * y for x, y in zip(vectors[a], vectors[b], strict=True))

    def place(a, b):
        near = cosine(a, b)
        return sum(cosine(a, other) < near for other in draw.sample(words, OTHERS)) / OTHERS

    return sum(place(a, b) for a, b in pairs) / len(pairs)


class VectorsQuality(programs.ComparisonCase):
    def vectors(self, program, verb, *options):
        text = data.head(data.single_label().train, LINES)
        program.run(verb, "-input", text, "-output", self.folder / "v", *TRAINING, *options)
        return read_vectors(self.folder / "v.vec")

    def test_skipgram(self):
        for kind, options in KINDS.items():
            with self.subTest(kind=kind):
                theirs = self.vectors(self.peer, "skipgram", "-thread", 12, *options)
                words = list(theirs)[FIRST:]
                pairs = held_out_pairs(set(words))
                wanted = mean_place(theirs, pairs, words)
                self.assertGreater(wanted, CHANCE + 5 * TOLERANCE)
                for ours in (("skipgram",), ("skipgram", "-exact"), ("batch-skipgram",)):
                    place = mean_place(self.vectors(self.ours, *ours, *options), pairs, words)
                    print(f"{' '.join(ours)} {kind}: {place:.3f}, fastText {wanted:.3f}")
                    self.assertGreater(place, wanted - TOLERANCE)


if __name__ == "__main__":
    programs.main()
