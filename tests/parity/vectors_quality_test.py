"""Word vectors of a slice of real text are as good as fastText's: words that stand next to each other in held-out text are
nearer to each other than to words at random, by a measure that needs no list of people's scores.

fastText runs with twelve threads, as it does unless told otherwise. WORDFIRE_LONG=1 also trains on the whole Wikipedia text
and holds the means over three seeds against people's scores and Google's analogies, by the runs of bench/e2e/vectors.py.

usage: vectors_quality_test.py PATH-OF-WORDFIRE
"""

import itertools
import json
import math
import random
import subprocess
import sys
import unittest
from pathlib import Path
from statistics import mean

import data
import programs

WORDS = 300_000
TRAINING = ("-dim", 30, "-epoch", 16, "-minCount", 5, "-verbose", 0)
KINDS = {"words": ("-maxn", 0), "n-grams": ("-minn", 3, "-maxn", 5, "-bucket", 50000)}
# Words that mean something and are not rare: ranks of frequency.
FIRST, LAST = 100, 3000
PAIRS, OTHERS = 400, 200
# The mean place of a neighbour, from 0 to 1, is 0.5 by chance; five runs of fastText differed by 0.014.
TOLERANCE = 0.02
CHANCE = 0.5
BENCH = Path(__file__).resolve().parents[2] / "bench" / "e2e" / "vectors.py"
# What fastText's skipgram reaches on this text, and by how much one run differs from the next.
LINE = {"wordsim353": 0.66, "men3000": 0.67, "analogies": 0.43}
CLOSE = 0.01


def unit(vector):
    length = math.sqrt(sum(x * x for x in vector)) or 1
    return [x / length for x in vector]


def read_vectors(path):
    with open(path, "rb") as file:
        next(file)
        rows = (line.split() for line in itertools.islice(file, LAST))
        return {row[0]: unit([float(x) for x in row[1:]]) for row in rows}


def slice_of(path):
    """A file with the first lines of `path` that together have WORDS words; all, if it has fewer."""
    with open(path, "rb") as source:
        lengths = itertools.accumulate(len(line.split()) for line in source)
        return data.head(path, sum(1 for _ in itertools.takewhile(lambda words: words < WORDS, lengths)))


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
        text = slice_of(data.single_label().train)
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


@unittest.skipUnless(programs.LONG, "trains for an hour: WORDFIRE_LONG=1")
class WholeText(programs.ComparisonCase):
    """Means over the seeds of a bench run: (mode, program) to scores."""

    def scores(self, *modes):
        if not data.data_folder():
            self.skipTest("the Wikipedia text is not there: WORDFIRE_DATA")
        report = self.folder / "vectors.json"
        subprocess.run([sys.executable, BENCH, "--wordfire", self.ours.path, "--fasttext", f"fastText={self.peer.path}", "--rows",
                        "quality", "--modes", *modes, "--text", data.data_folder() / "wiki" / "wiki.txt.xz", "--eval",
                        data.data_folder() / "eval", "--work", self.folder, "--json", report], check=True)
        groups = {}
        for run in json.loads(report.read_text())["runs"]:
            name = "deterministic" if "-deterministic" in run["more"] else run["program"]
            groups.setdefault((run["mode"], name), []).append(run["scores"])
        return {key: {name: mean(s[name] for s in scores) for name in scores[0]} for key, scores in groups.items()}

    def check(self, mode, found, wanted):
        for name, bound in wanted.items():
            with self.subTest(mode=mode, score=name):
                print(f"{mode} {name}: {found[name]:.4f}, want {bound:.4f}")
                self.assertGreaterEqual(found[name], bound)

    def test_words_reach_the_line(self):
        for mode, found in self.scores("skipgram", "batch-skipgram").items():
            if mode[1] != "fastText":
                self.check(mode, found, {name: bound - CLOSE for name, bound in LINE.items()})

    def test_others_are_as_good_as_fasttext(self):
        wanted = {"skipgram, n-grams": ("rarewords", "wordsim353"), "cbow": LINE, "cbow, n-grams": LINE}
        found = self.scores(*wanted)
        for (mode, name), scores in found.items():
            if name != "fastText":
                theirs = found[mode, "fastText"]
                self.check((mode, name), scores, {score: theirs[score] - CLOSE for score in wanted[mode]})


if __name__ == "__main__":
    programs.main()
