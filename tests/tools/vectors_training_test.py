"""The verbs that train word vectors: text that is wrong, odd or huge, the options that change a result and those that must
not, and that words which stand together end up together."""

import gzip
import json
import os
import random
import re

import program

# A sanitizer makes everything slower; the limit is there to find what does not end.
SECONDS = 10 * float(os.environ.get("WORDFIRE_SLOWNESS", "1"))
MEGA = 1 << 20
OK, WRONG, DIVERGED = program.SUCCESS, program.DATA, program.INTERNAL

VERBS = ("skipgram", "cbow", "batch-skipgram")
WORDS = {"words": ("-maxn", 0), "n-grams": ("-minn", 2, "-maxn", 4, "-bucket", 1000)}
FEW = b"cat dog owl hen cow fox\n" * 50

# Name -> text, exit status.
TEXTS = {
    "empty": (b"", WRONG),
    "blank lines": (b"\n" * 1000, WRONG),
    "zero bytes": (b"\0" * 100000, WRONG),
    "labels alone": (b"__label__a __label__b\n" * 50, WRONG),
    "one word a line": (b"cat\n" * 1000, OK),
    "one word in a line": (b"cat " * 400000, WRONG),
    "one token": (b"cat", WRONG),
    "rare words alone": (b" ".join(b"w%d" % i for i in range(1000)) + b"\n", WRONG),
    "two words": (b"cat dog\n" * 50, OK),
    "a line of 400000 tokens": (b"cat dog owl hen " * 100000 + b"\n", None),
    "no final newline": (FEW + b"cat dog", OK),
    "line ends of Windows": (FEW.replace(b"\n", b"\r\n"), OK),
    "invalid UTF-8": (FEW.replace(b"cat", b"c\xff\xfe\xc3\xa9t\x80"), OK),
    "end of line in text": (FEW.replace(b"dog", b"</s>"), OK),
    "a token of 20 MB": (FEW + b"x" * (20 * MEGA) + b"\n", OK),
}


TOPICS, IN_TOPIC = 20, 10
TOPIC_WORDS = [b"t%dw%d" % (topic, word) for topic in range(TOPICS) for word in range(IN_TOPIC)]


def topics(lines=3000):
    """Lines of ten words of one topic and of common words."""
    draw = random.Random(1)
    for _ in range(lines):
        topic = draw.randrange(TOPICS) * IN_TOPIC
        words = draw.choices(TOPIC_WORDS[topic:topic + IN_TOPIC], k=10)
        yield b" ".join(word + draw.choice((b" the", b" a", b"")) for word in words) + b"\n"


class Training(program.Case):
    def vectors(self, verb, text, *options, name="vectors"):
        self.succeed(verb, "-input", text, "-output", self.folder / name, "-dim", 8, "-verbose", 0, *options)
        return self.folder / f"{name}.bin"

    def bytes_of(self, verb, *options):
        text = self.write("topics.txt", b"".join(topics(500)))
        return self.vectors(verb, text, "-thread", 1, "-bucket", 1000, *options).read_bytes()


class HostileText(Training):
    def check(self, verb, path, status, options):
        model = self.folder / "vectors.bin"
        model.unlink(missing_ok=True)
        done = self.run_program(verb, "-input", path, "-output", self.folder / "vectors", "-dim", 4, "-epoch", 2,
                                "-verbose", 0, *options, timeout=SECONDS)
        self.assertIn(done.returncode, (OK, DIVERGED) if status is None else (status,), done.stderr[-300:])
        self.assertEqual(model.exists(), done.returncode == OK)
        if done.returncode == OK:
            self.assertEqual(done.stderr, b"")
            self.succeed("nn", model, 3, stdin=b"cat\n")
        else:
            self.assertRegex(done.stderr, rb"\Awordfire: [^\n]+\n\Z")

    def check_all(self, verb):
        for name, (text, status) in TEXTS.items():
            path = self.write("text", text)
            for kind, options in WORDS.items():
                with self.subTest(text=name, kind=kind):
                    self.check(verb, path, status, options)

    def test_skipgram(self):
        self.check_all("skipgram")

    def test_cbow(self):
        self.check_all("cbow")

    def test_batch_skipgram(self):
        self.check_all("batch-skipgram")

    def test_every_loss_and_the_exact_order(self):
        path = self.write("text", FEW)
        for verb in ("skipgram", "cbow"):
            for options in (("-exact",), ("-loss", "hs"), ("-loss", "softmax"), ("-loss", "ova")):
                for kind in WORDS.values():
                    with self.subTest(verb=verb, options=options, kind=kind):
                        self.check(verb, path, OK, (*options, *kind))

    def test_batches_share_negatives_so_no_other_loss_will_do(self):
        message = self.fail_with(program.USAGE, "batch-skipgram", "-input", self.write("text", FEW), "-output",
                                 self.folder / "vectors", "-loss", "hs")
        self.assertIn("option -loss", message)


class Options(Training):
    def test_one_thread_and_one_seed_give_the_same_bytes(self):
        for verb in VERBS:
            for options in (*WORDS.values(), ("-seed", 3), *([("-exact",)] if verb != "batch-skipgram" else [])):
                with self.subTest(verb=verb, options=options):
                    self.assertEqual(self.bytes_of(verb, *options), self.bytes_of(verb, *options))

    def test_deterministic_bytes_do_not_depend_on_threads(self):
        for verb in VERBS:
            for options in WORDS.values():
                models = {self.bytes_of(verb, "-deterministic", *options, "-thread", n) for n in (1, 2, 3)}
                self.assertEqual(len(models), 1, (verb, options))

    def test_each_option_changes_the_vectors(self):
        for verb in VERBS:
            for options in (("-seed", 1), ("-nsExponent", 0.75), ("-neg", 3), ("-ws", 2), ("-lr", 0.2), ("-t", 0.001),
                            ("-maxn", 3, "-minn", 3)):
                with self.subTest(verb=verb, options=options):
                    self.assertNotEqual(self.bytes_of(verb, "-minn", 0, "-maxn", 0),
                                        self.bytes_of(verb, "-minn", 0, "-maxn", 0, *options))

    def test_the_size_of_a_batch_changes_the_vectors(self):
        models = {self.bytes_of("batch-skipgram", "-batchSize", size) for size in (1, 3, 5)}
        self.assertEqual(len(models), 3)

    def test_a_batch_ends_with_its_window(self):
        for ws, equal in ((2, True), (5, False)):
            window, more = (self.bytes_of("batch-skipgram", "-ws", ws, "-batchSize", size) for size in (4, 20))
            self.assertEqual(window == more, equal)

    def test_an_underscore_is_as_good_as_a_dash(self):
        self.assertEqual(self.bytes_of("batch_skipgram"), self.bytes_of("batch-skipgram"))

    def test_maxn_0_alone_means_no_ngrams(self):
        model = self.vectors("skipgram", self.write("text", FEW), "-maxn", 0)
        printed = self.succeed("print-word-vectors", model, stdin=b"elephant")
        self.assertEqual(printed, b"elephant" + b" 0" * 8 + b" \n")


class Files(Training):
    def test_gzip_and_standard_input_give_what_the_file_gives(self):
        text = b"".join(topics(500))
        plain = self.vectors("skipgram", self.write("topics.txt", text), "-thread", 1).read_bytes()
        packed = self.write("topics.txt.gz", gzip.compress(text))
        self.assertEqual(self.vectors("skipgram", packed, "-thread", 1).read_bytes(), plain)
        with open(self.folder / "topics.txt", "rb") as file:
            self.succeed("skipgram", "-input", "-", "-output", self.folder / "piped", "-dim", 8, "-thread", 1,
                         "-verbose", 0, stdin_file=file)
        self.assertEqual((self.folder / "piped.bin").read_bytes(), plain)

    def test_vectors_are_named_in_both_text_files(self):
        for verb in VERBS:
            self.vectors(verb, self.write("text", FEW), "-saveOutput", "-minCount", 1)
            for ending in ("vec", "output"):
                lines = (self.folder / f"vectors.{ending}").read_bytes().splitlines()
                self.assertEqual(lines[0], b"7 8")
                self.assertEqual({line.split()[0] for line in lines[1:]},
                                 {b"</s>", *FEW.splitlines()[0].split()})
                self.assertTrue(all(len(line.split()) == 9 for line in lines[1:]))

    def test_manifest_has_the_options_of_the_mode(self):
        self.vectors("batch-skipgram", self.write("text", FEW), "-batchSize", 7)
        options = json.loads((self.folder / "vectors.manifest.json").read_bytes())["options"]
        self.assertEqual((options["batchSize"], options["maxn"]), (7, 0))
        self.assertNotIn("wordNgrams", options)

    def test_a_manifest_verifies(self):
        self.assertIn(b"every byte", self.succeed("verify", self.vectors("cbow", self.write("text", FEW))))


class Quality(Training):
    def final_loss(self, verb, text, epochs, *options):
        done = self.run_program(verb, "-input", text, "-output", self.folder / "v", "-dim", 16, "-epoch", epochs, "-t",
                                0.01, *options)
        self.assertEqual(done.returncode, OK, done.stderr)
        return float(re.findall(rb"avg\.loss: +(\S+)", done.stderr)[-1])

    def share_of_topic(self, model):
        """The mean share of a word's topic among the nine words nearest to it; 0.05 by chance."""
        printed = self.succeed("nn", model, IN_TOPIC - 1, "--json", stdin=b"\n".join(TOPIC_WORDS) + b"\n")
        near = 0
        for word, line in zip(TOPIC_WORDS, printed.splitlines(), strict=True):
            topic = word.decode().split("w")[0] + "w"
            near += sum(neighbour["word"].startswith(topic) for neighbour in json.loads(line)["neighbours"])
        return near / ((IN_TOPIC - 1) * len(TOPIC_WORDS))

    def test_words_of_a_topic_are_near_each_other_and_the_loss_falls(self):
        text = self.write("topics.txt", b"".join(topics()))
        for verb in VERBS:
            for options in ((), ("-exact",), ("-loss", "hs"), WORDS["n-grams"]):
                if verb == "batch-skipgram" and ("-exact" in options or "-loss" in options):
                    continue
                with self.subTest(verb=verb, options=options):
                    first = self.final_loss(verb, text, 1, "-maxn", 0, *options)
                    self.assertLess(self.final_loss(verb, text, 20, "-maxn", 0, *options), first)
                    self.assertGreater(self.share_of_topic(self.folder / "v.bin"), 0.9)


if __name__ == "__main__":
    program.main()
