"""Word vectors that we write open in gensim and spaCy, and gensim says of them what we say: vectors, those of unknown
words included, neighbours, and the figures of `evaluate`. What is not installed is skipped.

usage: readers_test.py PATH-OF-WORDFIRE
"""

import functools
import json
import random
import subprocess
import tempfile
from pathlib import Path

import data
import interpreters
import programs

LINES = 3000
# Labels are words here: gensim takes a model with labels for a classifier.
OPTIONS = ("-dim", 20, "-epoch", 20, "-lr", 0.1, "-bucket", 5000, "-minn", 3, "-maxn", 6, "-label", "__none__", "-thread", 2,
           "-verbose", 0)
FILES = {"word2vec-text": "v.vec", "word2vec-bin": "v.bin", "glove": "v.txt", "npy": "v.npy"}
UNKNOWN = ("zzqxv", "Bäckerei", "supercalifragilistic")
BOUND = 1e-6  # of a float32 that another program has computed
TEXT_BOUND = 1e-4  # of a number printed with five digits
# gensim adds vectors up before it compares them, and in float32: words that are almost alike may change places.
RHO_BOUND = 1e-4
ANSWERS_BOUND = 2  # questions


@functools.cache
def trained_folder():
    """A folder with peer.bin and ours.bin, trained once for all tests."""
    folder = tempfile.TemporaryDirectory(prefix="wordfire-shared-")
    text = data.head(data.single_label().train, LINES)
    for name in ("peer", "ours"):
        trainer = getattr(programs.ComparisonCase, name)
        trainer.run("skipgram", "-input", text, "-output", f"{folder.name}/{name}", *OPTIONS)
    return folder


class Readers(programs.ComparisonCase):
    def setUp(self):
        super().setUp()
        self.model = Path(trained_folder().name) / "peer.bin"
        words = [text for text, _, kind in self.peer.dictionary(self.model) if kind == b"word"]
        self.words = [word.decode() for word in words]

    def convert(self, kind):
        path = self.folder / FILES[kind]
        self.ours.run("convert", self.model, path, "-format", kind)
        return path

    def our_vectors(self, model, words):
        printed = self.ours.run("print-word-vectors", model, "--json", stdin="\n".join(words).encode()).stdout
        return [json.loads(line)["vector"] for line in printed.splitlines()]

    def assert_close(self, ours, theirs, bound):
        self.assertEqual(len(ours), len(theirs))
        for number, (a, b) in enumerate(zip(ours, theirs)):
            self.assertEqual(len(a), len(b))
            for x, y in zip(a, b):
                self.assertAlmostEqual(x, y, delta=bound * max(1, abs(y)), msg=f"row {number}")


class Gensim(Readers):
    def setUp(self):
        self.python = interpreters.python_with("gensim")
        if not self.python:
            self.skipTest("gensim is not installed (Debian's package python3-gensim)")
        super().setUp()

    def ask(self, *arguments):
        return interpreters.ask(self.python, "gensim_answers.py", *arguments)

    def test_models_of_both_have_the_same_vectors(self):
        for model in (self.model, self.model.with_name("ours.bin")):
            theirs = self.ask("model", model, *UNKNOWN)
            self.assertEqual(theirs["words"], self.words)
            vectors = dict(zip(self.words, theirs["vectors"]))
            del vectors["</s>"]  # fastText gives it no n-grams, gensim does
            self.assert_close(self.our_vectors(model, vectors), list(vectors.values()), BOUND)
            self.assert_close(self.our_vectors(model, UNKNOWN), theirs["asked"], BOUND)

    def test_every_format_opens(self):
        ours = self.our_vectors(self.model, self.words)
        for kind in FILES:
            with self.subTest(kind=kind):
                theirs = self.ask("open", kind, self.convert(kind))
                self.assertEqual(theirs["words"], self.words)
                self.assert_close(ours, theirs["vectors"], BOUND if kind in ("word2vec-bin", "npy") else TEXT_BOUND)

    def test_neighbours_are_the_same(self):
        path = self.convert("word2vec-text")
        words = self.words[1::100]
        printed = self.ours.run("nn", path, 5, "--json", stdin="\n".join(words).encode()).stdout
        for line, theirs in zip(printed.splitlines(), self.ask("nearest", path, 5, *words), strict=True):
            ours = json.loads(line)
            for neighbour, (_, cosine) in zip(ours["neighbours"], theirs, strict=True):
                self.assertAlmostEqual(neighbour["similarity"], cosine, delta=2e-6, msg=ours["query"])

    def in_random_case(self, word):
        return self.random.choice((str.lower, str.upper, str.title))(word)

    def write_pairs(self):
        """Pairs with whole scores, so that there are ties; some words are rare or unknown."""
        words = [word for word in self.words if word.isalpha()] + list(UNKNOWN)
        pick = lambda: self.in_random_case(self.random.choice(words))
        lines = [f"{pick()}\t{pick()}\t{self.random.randrange(10)}\n" for _ in range(400)]
        path = self.folder / "pairs.tsv"
        path.write_text("".join(lines))
        return path

    def write_questions(self):
        """Every other answer is what our `analogies` says: word2vec's b - a + c is its A - B + C."""
        words = [word for word in self.words if word.isascii() and word.isalpha()]
        triples = [self.random.sample(words, 3) for _ in range(300)]
        queries = "".join(f"{b} {a} {c}\n" for a, b, c in triples).encode()
        printed = self.ours.run("analogies", self.folder / FILES["word2vec-text"], 1, "--json", stdin=queries).stdout
        lines = []
        for number, (triple, line) in enumerate(zip(triples, printed.splitlines(), strict=True)):
            answer = json.loads(line)["neighbours"][0]["word"] if number % 2 else self.random.choice(words)
            lines += [f": section {number}\n"] if number % 100 == 0 else []
            lines.append(" ".join(map(self.in_random_case, [*triple, answer])) + "\n")
        path = self.folder / "questions.txt"
        path.write_text("".join(lines))
        return path

    def assert_equal_figures(self, path, pairs, questions, restrict):
        printed = self.ours.run("evaluate", path, "-similarity", pairs, "-analogies", questions, "-restrict", restrict,
                                "--json").stdout
        ours, theirs = json.loads(printed), self.ask("figures", path, restrict, pairs, questions)
        found = ours[pairs.name]
        self.assertAlmostEqual(found["spearmans_rho"], theirs["rho"], delta=RHO_BOUND)
        self.assertAlmostEqual(100 * found["not_found"] / found["total_pairs"], theirs["unknown"], delta=1e-9)
        analogies = ours["analogies"][questions.name]
        self.assertEqual([[s["section"], s["total_questions"] - s["not_found"]] for s in analogies["sections"]],
                         [[name, found] for name, _, found in theirs["sections"]])
        different = sum(abs(s["correct"] - correct) for s, (_, correct, _) in
                        zip(analogies["sections"], theirs["sections"], strict=True))
        self.assertLessEqual(different, ANSWERS_BOUND)
        return analogies

    def test_figures_are_the_same(self):
        self.random = random.Random(3)
        path = self.convert("word2vec-text")
        pairs, questions = self.write_pairs(), self.write_questions()
        analogies = self.assert_equal_figures(path, pairs, questions, 300000)
        self.assertGreater(analogies["accuracy"], 0.3)
        analogies = self.assert_equal_figures(path, pairs, questions, len(self.words) // 2)
        self.assertGreater(analogies["not_found"], 0)

    def test_figures_of_public_sets_are_the_same(self):
        folder = data.data_folder()
        if not folder or not (folder / "eval").is_dir():
            self.skipTest("no public evaluation sets at hand")
        path = self.convert("word2vec-text")
        for name in ("wordsim353.tsv", "simlex999.tsv"):
            self.assert_equal_figures(path, folder / "eval" / name, folder / "eval" / "questions-words.txt", 300000)


class Spacy(Readers):
    def test_vectors_open(self):
        python = interpreters.python_with("spacy")
        if not python:
            self.skipTest("spaCy is not installed (pip install spacy, and its Python in WORDFIRE_PEER_PYTHON)")
        folder = self.folder / "spacy"
        subprocess.run([python, "-m", "spacy", "init", "vectors", "en", self.convert("word2vec-text"), folder],
                       check=True, capture_output=True, timeout=interpreters.TIMEOUT)
        asked = self.words[::50]
        theirs = interpreters.ask(python, "spacy_answers.py", folder, *asked)
        self.assertEqual(theirs["shape"], [len(self.words), 20])
        self.assert_close(self.our_vectors(self.model, asked), theirs["vectors"], TEXT_BOUND)


if __name__ == "__main__":
    programs.main()
