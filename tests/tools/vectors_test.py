"""The verbs around word vectors: print-word-vectors, print-ngrams, nn, analogies and convert."""

import gzip
import json
import os
import struct
import subprocess

import program

# Four directions, so that every cosine is known.
VECTORS = {b"east": (1, 0), b"north": (0, 2), b"west": (-3, 0), b"northeast": (0.5, 0.5), b"Ost": (4, 0)}
FORMATS = ("vec", "bin", "glove", "npy")


def text_vectors(vectors):
    rows = [word + b"".join(b" %g" % x for x in numbers) + b" \n" for word, numbers in vectors.items()]
    return b"%d 2\n" % len(vectors) + b"".join(rows)


class VectorCase(program.Case):
    def setUp(self):
        super().setUp()
        self.vec = self.write("v.vec", text_vectors(VECTORS))

    def subword_model(self):
        return self.model("softmax", "-minn", 2, "-maxn", 3, "-bucket", 500)

    def convert(self, name, *options, source=None):
        path = self.folder / name
        self.succeed("convert", source or self.vec, path, *options)
        return path

    def in_every_format(self):
        for kind in FORMATS:
            yield self.convert(f"w.{kind}", *(["-format", "glove"] if kind == "glove" else []))


class Printing(VectorCase):
    def test_each_word_gets_a_line(self):
        self.assertEqual(self.succeed("print-word-vectors", self.vec, stdin=b"north nobody\n\n  east"),
                         b"north 0 2 \nnobody 0 0 \neast 1 0 \n")

    def test_every_format_is_read(self):
        for path in self.in_every_format():
            printed = self.succeed("print-word-vectors", path, stdin=b"northeast west")
            self.assertEqual(printed, b"northeast 0.5 0.5 \nwest -3 0 \n", path)

    def test_json_has_an_object_a_word(self):
        lines = self.succeed("print-word-vectors", self.vec, "--json", stdin=b"west \xff\n").split(b"\n")
        self.assertEqual(json.loads(lines[0]), {"word": "west", "vector": [-3, 0]})
        self.assertEqual(json.loads(lines[1]), {"word": "\ufffd", "vector": [0, 0]})

    def test_unknown_words_have_the_vector_of_their_ngrams(self):
        model = self.subword_model()
        ngrams = [line.split() for line in self.succeed("print-ngrams", model, "cot").decode().splitlines()]
        self.assertEqual([row[0] for row in ngrams], ["<c", "<co", "co", "cot", "ot", "ot>", "t>"])
        mean = [sum(float(row[i]) for row in ngrams) / len(ngrams) for i in range(1, 9)]
        printed = self.succeed("print-word-vectors", model, stdin=b"cot").decode().split()
        for value, wanted in zip(printed[1:], mean, strict=True):
            self.assertAlmostEqual(float(value), wanted, delta=1e-4)

    def test_ngrams_begin_with_a_known_word(self):
        lines = self.succeed("print-ngrams", self.subword_model(), "cat").decode().splitlines()
        self.assertEqual([line.split()[0] for line in lines][:3], ["cat", "<c", "<ca"])
        self.assertEqual(self.succeed("print-ngrams", self.model(), "nobody"), b"")

    def test_ngrams_want_a_model(self):
        self.assertIn("magic", self.fail_with(program.DATA, "print-ngrams", self.vec, "east"))

    def test_threads_do_not_change_the_output(self):
        words = b"\n".join(VECTORS) * 20000
        wanted = self.succeed("print-word-vectors", self.vec, "-thread", 1, stdin=words)
        self.assertEqual(self.succeed("print-word-vectors", self.vec, "-thread", 3, stdin=words), wanted)


    def test_a_line_of_words_has_the_mean_of_their_directions(self):
        for path in self.in_every_format():
            printed = self.succeed("print-sentence-vectors", path, stdin=b"west north\n\nnobody Ost")
            self.assertEqual(printed, b"-0.5 0.5 \n0 0 \n1 0 \n", path)


class Neighbours(VectorCase):
    def test_neighbours_stand_between_prompts(self):
        self.assertEqual(self.succeed("nn", self.vec, 2, stdin=b"east north"),
                         b"Query word? Ost 1\nnortheast 0.707107\nQuery word? northeast 0.707107\neast 0\nQuery word? ")

    def test_there_are_ten_if_nothing_else_is_said(self):
        vectors = {b"w%d" % i: (1, i) for i in range(30)}
        path = self.write("many.vec", text_vectors(vectors))
        self.assertEqual(self.succeed("nn", path, stdin=b"w3").count(b"\n"), 10)
        self.assertEqual(self.succeed("nn", path, 1000, stdin=b"w3").count(b"\n"), 29)

    def test_analogies_add_and_subtract(self):
        printed = self.succeed("analogies", self.vec, 1, stdin=b"north east\nOst")
        prompt = b"Query triplet (A - B + C)? "
        self.assertEqual(printed, b"Loading model %s\n" % bytes(self.vec) + prompt + b"northeast 0.707107\n" + prompt)

    def test_json_has_a_line_a_query_and_no_prompts(self):
        lines = self.succeed("nn", self.vec, 1, "--json", stdin=b"east west").split(b"\n")
        self.assertEqual(json.loads(lines[0]), {"query": ["east"], "neighbours": [{"word": "Ost", "similarity": 1}]})
        self.assertEqual(len(lines), 3)
        answer = json.loads(self.succeed("analogies", self.vec, 1, "--json", stdin=b"north east Ost"))
        self.assertEqual((answer["query"], answer["neighbours"][0]["word"]), (["north", "east", "Ost"], "northeast"))

    def test_words_without_a_vector_are_said_and_get_none(self):
        done = self.run_program("nn", self.vec, 1, stdin=b"nobody east")
        self.assertEqual(done.returncode, program.SUCCESS)
        self.assertEqual(done.stdout, b"Query word? Query word? Ost 1\nQuery word? ")
        self.assertEqual(done.stderr.count(b"\n"), 1)
        self.assertIn(b'"nobody" is not in the vocabulary', done.stderr)
        self.assertLess(len(self.run_program("nn", self.vec, stdin=b"x" * 1000000).stderr), 1000)

    def test_unknown_words_have_neighbours_by_their_ngrams(self):
        lines = self.succeed("nn", self.subword_model(), 3, stdin=b"catt").splitlines()
        self.assertEqual(len(lines), 4)

    def test_every_format_has_the_same_neighbours(self):
        wanted = self.succeed("nn", self.vec, 3, stdin=b"northeast Ost")
        for path in self.in_every_format():
            self.assertEqual(self.succeed("nn", path, 3, stdin=b"northeast Ost"), wanted, path)

    def test_many_queries_are_answered_in_their_order(self):
        words = [word for word in VECTORS for _ in range(300)]
        lines = self.succeed("nn", self.vec, 1, "--json", "-thread", 2, stdin=b" ".join(words)).splitlines()
        self.assertEqual([json.loads(line)["query"][0].encode() for line in lines], words)

    def test_a_query_is_answered_while_the_pipe_is_open(self):
        process = subprocess.Popen([self.program, "nn", self.vec, "1", "--json"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        for word in (b"east", b"west"):
            process.stdin.write(word + b"\n")
            process.stdin.flush()
            self.assertIn(word, process.stdout.readline())
        process.stdin.close()
        self.assertEqual(process.wait(program.SECONDS), program.SUCCESS)
        process.stdout.close()

    def test_half_a_triplet_is_wrong_data(self):
        for words, count in ((b"east", 1), (b"east west north north west", 2)):
            self.assertIn(f"ends with {count} of a query's 3 words",
                          self.fail_with(program.DATA, "analogies", self.vec, stdin=words))

    def test_wrong_counts_are_named(self):
        for verb in ("nn", "analogies"):
            for k in ("0", "-1", "abc", "2147483648", "", "1.5", "nan"):
                self.assertIn("argument k", self.fail_with(program.USAGE, verb, self.vec, k))


class Conversion(VectorCase):
    def test_there_and_back_gives_the_same_bytes(self):
        for kind, path in zip(FORMATS, self.in_every_format()):
            self.assertEqual(self.convert(f"back-{kind}.vec", source=path).read_bytes(), self.vec.read_bytes())

    def test_models_become_the_vectors_beside_them(self):
        model = self.subword_model()
        self.assertEqual(self.convert("m.vec", source=model).read_bytes(), model.with_suffix(".vec").read_bytes())

    def test_top_keeps_the_first_words(self):
        self.assertEqual(self.convert("top.vec", "-top", 2).read_bytes(), b"2 2\neast 1 0 \nnorth 0 2 \n")
        for top in ("0", "-1", "abc", ""):
            self.assertIn("option -top", self.fail_with(program.USAGE, "convert", self.vec, self.folder / "x.vec",
                                                        "-top", top))

    def test_projector_files_name_each_other(self):
        folder = self.convert("projector", "-format", "projector", "-top", 3)
        self.assertEqual((folder / "tensors.tsv").read_text(), "1\t0\n0\t2\n-3\t0\n")
        self.assertEqual((folder / "metadata.tsv").read_text(), "east\nnorth\nwest\n")
        configuration = (folder / "projector_config.pbtxt").read_text()
        for name in ("tensors.tsv", "metadata.tsv"):
            self.assertIn(f'"{name}"', configuration)

    def test_word2vec_binary_holds_floats(self):
        binary = self.convert("v.bin").read_bytes()
        self.assertEqual(binary[:11], b"5 2\neast " + struct.pack("<f", 1)[:2])
        packed = self.write("packed.gz", gzip.compress(binary))
        self.assertEqual(self.convert("unpacked.vec", source=packed).read_bytes(), self.vec.read_bytes())

    def test_a_format_must_be_known(self):
        target = self.folder / "out.xyz"
        self.assertIn("does not tell a format", self.fail_with(program.USAGE, "convert", self.vec, target))
        self.assertIn("option -format", self.fail_with(program.USAGE, "convert", self.vec, target, "-format", "word2vec"))
        self.assertFalse(target.exists())

    def test_faults_leave_the_older_file(self):
        older = self.write("old.vec", b"older")
        broken = self.write("broken.vec", b"3 2\na 1 2\n")
        self.assertIn("cut short", self.fail_with(program.DATA, "convert", broken, older))
        spaced = self.write("spaced.txt", b"a 1 2\n. . 1 2\n")
        self.assertIn('word ". ." of row 2', self.fail_with(program.DATA, "convert", spaced, older))
        self.fail_with(program.NO_INPUT, "convert", self.folder / "none", older)
        self.assertEqual(older.read_bytes(), b"older")
        self.assertIn("none/x.vec", self.fail_with(program.CANNOT_CREATE, "convert", self.vec, self.folder / "none/x.vec"))

    def test_nothing_is_written_over_its_source_or_a_model(self):
        array = self.convert("v.npy")
        for source, target, options in ((self.vec, self.vec, ("-top", 1)), (array, self.folder / "v", ("-format", "npy")),
                                        (self.vec, self.folder / "x" / ".." / "v.vec", ())):
            (self.folder / "x").mkdir(exist_ok=True)
            before = source.read_bytes()
            self.assertIn("both input", self.fail_with(program.USAGE, "convert", source, target, *options))
            self.assertEqual(source.read_bytes(), before)
        model = self.write("copy.bin", self.subword_model().read_bytes())
        before = model.read_bytes()
        self.assertIn("both input", self.fail_with(program.USAGE, "convert", model, model))
        self.assertIn("found a fastText model", self.fail_with(program.CANNOT_CREATE, "convert", self.vec, model))
        self.assertEqual(model.read_bytes(), before)

    def test_vectors_do_not_go_to_standard_output(self):
        for name in ("word2vec-text", "word2vec-bin", "glove", "npy", "projector"):
            self.assertIn("found standard output", self.fail_with(program.USAGE, "convert", self.vec, "-", "-format", name))

    def test_a_pipe_is_no_file_of_vectors(self):
        self.assertIn("found a pipe", self.fail_with(program.NO_INPUT, "nn", "-"))
        self.assertIn("found a pipe", self.fail_with(program.NO_INPUT, "nn", "/dev/stdin", stdin=self.vec.read_bytes()))

    def test_a_text_is_no_file_of_vectors(self):
        for verb in ("nn", "print-word-vectors"):
            self.assertIn("want a fastText model", self.fail_with(program.DATA, verb, self.text))


class FailingOutput(VectorCase):
    def test_a_closed_pipe_or_a_full_device_is_an_error(self):
        for verb in ("nn", "analogies", "print-word-vectors"):
            reader, writer = os.pipe()
            os.close(reader)
            with os.fdopen(writer, "wb") as pipe, self.subTest(verb=verb):
                self.fail_with(program.IO, verb, self.vec, stdin=b"east west Ost\n", stdout=pipe)
            with open("/dev/full", "wb") as full, self.subTest(verb=verb):
                self.fail_with(program.IO, verb, self.vec, stdin=b"east west Ost\n", stdout=full)


if __name__ == "__main__":
    program.main()
