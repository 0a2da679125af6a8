"""What fastText says of the words of a model, its own or ours, Wordfire says too: print-word-vectors, print-ngrams, nn
and analogies, for known and unknown words, with and without character n-grams, and of a compressed classifier.

usage: vectors_test.py PATH-OF-WORDFIRE
"""

import itertools
import subprocess

import data
import programs

LINES = 3000
SMALL = ("-dim", 20, "-epoch", 2, "-bucket", 5000, "-thread", 2, "-verbose", 0)
UNKNOWN = (b"zzqxv", "bäckerei".encode(), b"</s>", b"supercalifragilistic")
COUNT = 10  # neighbours
BOUND = 2e-5  # of a cosine printed with six digits; fastText sums in single precision
VECTOR_BOUND = 1e-4  # of a number printed with five digits


def parse_vectors(printed):
    rows = [line.split() for line in printed.split(b"\n")[:-1]]
    return [row[0] for row in rows], [[float(value) for value in row[1:]] for row in rows]


def parse_neighbours(printed, prompt):
    """For each query its (word, cosine)s."""
    answers = printed.split(prompt)[1:-1]
    return [[(line.split()[0], float(line.split()[1])) for line in answer.splitlines()] for answer in answers]


def disagreement(theirs, ours):
    """None where two lists of neighbours agree, words of equal cosines aside."""
    if len(theirs) != len(ours):
        return "one is longer"
    if any(abs(a - b) > BOUND for (_, a), (_, b) in zip(theirs, ours)):
        return "cosines differ"
    safe = {word for word, cosine in theirs if cosine > theirs[-1][1] + 2 * BOUND}
    missing = safe - {word for word, _ in ours}
    return f"{missing} are missing" if missing else None


class Vectors(programs.ComparisonCase):
    def model(self, verb, name, *options, trainer=None):
        text = data.head(data.single_label().train, LINES)
        (trainer or self.peer).run(verb, "-input", text, "-output", self.folder / name, *SMALL, *options)
        return self.folder / f"{name}.bin"

    def models(self):
        for trainer in (self.peer, self.ours):
            yield self.model("skipgram", "subwords", "-minn", 3, "-maxn", 6, trainer=trainer)
            yield self.model("skipgram", "words", "-maxn", 0, trainer=trainer)
            yield self.model("cbow", "short", "-minn", 1, "-maxn", 2, "-loss", "hs", trainer=trainer)

    def queries(self, model, every):
        words = [text for text, _, kind in self.peer.dictionary(model) if kind == b"word"]
        return [*words[::every], *UNKNOWN]

    def assert_equal_vectors(self, model, *arguments, stdin=b""):
        words, theirs = parse_vectors(self.peer.run(*arguments, stdin=stdin).stdout)
        our_words, ours = parse_vectors(self.ours.run(*arguments, stdin=stdin).stdout)
        self.assertEqual(our_words, words)
        for word, a, b in zip(words, theirs, ours):
            self.assertEqual(len(a), len(b))
            for x, y in zip(a, b):
                self.assertAlmostEqual(x, y, delta=VECTOR_BOUND * max(1, abs(x)), msg=f"{model} {word}")

    def assert_equal_neighbours(self, queries, theirs, ours):
        self.assertEqual((len(theirs), len(ours)), (len(queries), len(queries)))
        for query, a, b in zip(queries, theirs, ours):
            self.assertIsNone(disagreement(a, b), f"{query}: {a} and {b}")

    def analogies_of_peer(self, model, queries):
        """fastText goes on for ever at the end of its input, so it is stopped once it has answered."""
        prompt = b"Query triplet (A - B + C)? "
        process = subprocess.Popen([self.peer.path, "analogies", model, str(COUNT)], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        process.stdin.write(b"".join(b" ".join(query) + b"\n" for query in queries))
        process.stdin.close()
        printed = b""
        while printed.count(prompt) <= len(queries):
            printed += process.stdout.read1(65536)
        process.kill()
        process.wait()
        process.stdout.close()
        return prompt.join(printed.split(prompt)[:len(queries) + 1]) + prompt

    def test_word_vectors(self):
        for model in self.models():
            words = b"\n".join(self.queries(model, 1)) + b"\n"
            self.assert_equal_vectors(model, "print-word-vectors", model, stdin=words)

    def test_word_vectors_of_a_compressed_classifier(self):
        text = data.head(data.single_label().train, LINES)
        self.model("supervised", "class", "-minn", 2, "-maxn", 4, "-loss", "softmax")
        self.peer.run("quantize", "-input", text, "-output", self.folder / "class", "-qnorm", "-cutoff", 2000,
                      "-verbose", 0)
        model = self.folder / "class.ftz"
        words = b"\n".join(self.queries(self.folder / "class.bin", 20)) + b"\n"
        self.assert_equal_vectors(model, "print-word-vectors", model, stdin=words)

    def test_sentence_vectors(self):
        for model in self.models():
            with open(data.single_label().test, "rb") as text:
                texts = [line.split(b" ", 1)[1] for line in itertools.islice(text, 300)]  # fastText aborts at a label
            lines = b"".join([*texts, b"\n", b" \t \n", b"zzqxv\n", b"no final newline"])
            theirs, ours = self.peer.sentence_vectors(model, lines), self.ours.sentence_vectors(model, lines)
            self.assertEqual(len(ours), len(theirs))
            for a, b in zip(theirs, ours):
                self.assertEqual(len(a), len(b))
                for x, y in zip(a, b):
                    self.assertAlmostEqual(x, y, delta=VECTOR_BOUND)

    def test_ngrams(self):
        for model in self.models():
            for word in self.queries(model, 400):
                self.assert_equal_vectors(model, "print-ngrams", model, word.decode())

    def test_neighbours(self):
        prompt = b"Query word? "
        for model in self.models():
            queries = self.queries(model, 20)
            if model.stem == "words":
                queries = [query for query in queries if query not in UNKNOWN or query == b"</s>"]
            lines = b"\n".join(queries) + b"\n"
            printed = self.ours.run("nn", model, COUNT, stdin=lines).stdout
            self.assertTrue(printed.startswith(prompt) and printed.endswith(b"\n" + prompt))
            theirs = parse_neighbours(self.peer.run("nn", model, COUNT, stdin=lines).stdout, prompt)
            self.assert_equal_neighbours(queries, theirs, parse_neighbours(printed, prompt))

    def test_analogies(self):
        prompt = b"Query triplet (A - B + C)? "
        model = self.model("skipgram", "subwords", "-minn", 3, "-maxn", 6)
        words = self.queries(model, 40)
        queries = list(zip(words, words[5:], words[9:]))
        theirs = self.analogies_of_peer(model, queries)
        lines = b"".join(b" ".join(query) + b"\n" for query in queries)
        ours = self.ours.run("analogies", model, COUNT, stdin=lines).stdout
        self.assertEqual(ours.split(b"\n")[0], theirs.split(b"\n")[0])  # Loading model ...
        self.assert_equal_neighbours(queries, parse_neighbours(theirs, prompt), parse_neighbours(ours, prompt))


if __name__ == "__main__":
    programs.main()
