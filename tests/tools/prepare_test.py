"""prepare as people call it: BlazingText's notebook in one line, several inputs, and wrong options."""

import gzip
import json

import program

CLASSES = b"Company\nOffice Holder\nFilm\n"
VALUES = ("0", "-1", "2147483648", "9223372036854775808", "nan", "inf", "", "abc")
# Option -> the values above that are legal.
NUMBERS = {"keep": set(), "split": {"0"}, "skipBad": {"0"}, "seed": {"0", "-1", "2147483648"}, "thread": {"0"},
           "memory": {"0", "2147483648"}}
WORDS = ("format", "quotes", "case", "punctuation")


def table(rows):
    return b"".join(b'%d,"Title No. %d","The ""abstract"" of %d."\r\n' % (i % 3 + 1, i, i * i) for i in range(rows))


class Prepare(program.Case):
    def setUp(self):
        super().setUp()
        self.out = self.folder / "text"

    def prepare(self, *arguments, **options):
        """Runs and returns what was said."""
        done = self.run_program("prepare", *arguments, "-output", self.out, **options)
        self.assertEqual((done.returncode, done.stdout), (program.SUCCESS, b""), done.stderr)
        return done.stderr.decode()

    def refused(self, status, *arguments, **options):
        message = self.fail_with(status, "prepare", *arguments, "-output", self.out, **options)
        self.assertFalse(self.out.exists())
        return message

    def recipe(self):
        return json.loads((self.folder / "prepare.json").read_bytes())

    def test_the_notebook_in_one_line(self):
        said = self.prepare("-input", self.write("train.csv", table(2000)), "-classes",
                            self.write("classes.txt", CLASSES), "-keep", 0.2, "-shuffle")
        lines = self.out.read_bytes().splitlines()
        self.assertTrue(320 < len(lines) < 480, len(lines))
        numbers = [int(line.split()[4]) for line in lines]
        self.assertNotEqual(numbers, sorted(numbers))
        for line, i in zip(lines, numbers):
            name = (b"Company", b"Office_Holder", b"Film")[i % 3]
            self.assertEqual(line, b'__label__%s title no . %d the " abstract " of %d .' % (name, i, i * i))
        self.assertIn(f"rows 2000: {len(lines)} kept, {2000 - len(lines)} left out by -keep\nclasses 3: ", said)

    def test_standard_input_and_compressed_files(self):
        self.prepare("-input", "-", stdin=table(10))
        plain = self.out.read_bytes()
        self.assertEqual(plain.count(b"\n"), 10)
        self.prepare("-input", self.write("x.csv.gz", gzip.compress(table(10))))
        self.assertEqual(self.out.read_bytes(), plain)

    def test_columns_by_name_and_a_test_part(self):
        text = b"id\tname\tkind\n" + b"".join(b"%d\tN-%d\tk%d\n" % (i, i, i % 2) for i in range(1000))
        self.prepare("-input", self.write("x.tsv", text), "-labelColumn", "kind", "-textColumns", "name,id", "-split", 0.1)
        parts = [(self.folder / f"text.{part}").read_bytes().splitlines() for part in ("train", "test")]
        self.assertTrue(60 < len(parts[1]) < 140, len(parts[1]))
        self.assertEqual(sorted(parts[0] + parts[1]),
                         sorted(b"__label__k%d n - %d %d" % (i % 2, i, i) for i in range(1000)))
        self.assertEqual(self.recipe()["outputs"], ["text.train", "text.test"])

    def test_json_lines_with_several_labels(self):
        rows = b'{"tags": ["a", "b c"], "title": "One", "body": "TWO"}\n{"tags": [], "title": "x", "body": "y"}\n'
        said = self.prepare("-input", self.write("x.jsonl", rows), "-labelColumn", "tags", "-textColumns", "title", "body",
                            "-case", "keep")
        self.assertEqual(self.out.read_bytes(), b"__label__a __label__b_c One TWO\n")
        self.assertIn("rows 2: 1 kept, 1 without label\n", said)

    def test_what_was_done_reaches_the_manifest(self):
        self.prepare("-input", self.write("x.csv", table(60)), "-punctuation", "fasttext")
        self.train(self.out)
        manifest = (self.folder / "model.manifest.json").read_bytes()
        self.assertIn(b'"fasttext"', manifest)

    def test_bad_rows_end_the_job_or_are_skipped_by_count(self):
        path = self.write("x.csv", b'a,b\nc,d,e\nf,g\n')
        self.assertEqual(self.refused(program.DATA, "-input", path),
                         f"{path}: byte 4 (row 2): 3 columns, want 2 as in the first row; -skipBad leaves such rows out")
        said = self.prepare("-input", path, "-skipBad", 0.4)
        self.assertIn("rows 3: 2 kept, 1 unreadable\n", said)
        self.assertIn("skipped: ", said)

    def test_wrong_values_are_refused_by_name(self):
        path = self.write("x.csv", table(50))
        for name, legal in NUMBERS.items():
            for value in VALUES:
                with self.subTest(option=name, value=value):
                    if value in legal:
                        self.prepare("-input", path, f"-{name}", value)
                        self.out.unlink()
                    else:
                        message = self.refused(program.USAGE, "-input", path, f"-{name}", value)
                        self.assertRegex(message, rf'^option -{name}: got "{value}", want an? (integer|number)')
        for name in WORDS:
            self.assertRegex(self.refused(program.USAGE, "-input", path, f"-{name}", "x"),
                             rf'^option -{name}: got "x", want ')

    def test_what_is_not_there(self):
        path = self.write("x.csv", table(5))
        self.refused(program.USAGE)
        self.fail_with(program.USAGE, "prepare", "-input", path)
        self.refused(program.NO_INPUT, "-input", self.folder / "none.csv")
        self.refused(program.NO_INPUT, "-input", path, "-classes", self.folder / "none.txt")
        self.fail_with(program.CANNOT_CREATE, "prepare", "-input", path, "-output", self.folder / "none" / "text")
        self.refused(program.DATA, "-input", path, "-labelColumn", "kind")
        self.refused(program.DATA, "-input", self.write("empty.csv", b""))
        self.refused(program.CANNOT_CREATE, "-input", path, "-scratchDir", self.folder / "none")

    def test_columns_that_are_named_twice_are_refused(self):
        path = self.write("x.csv", table(5))
        for columns in (("-labelColumn", "1,1"), ("-labelColumn", 1, "-textColumns", 1), ("-textColumns", "2,2")):
            self.assertIn("twice", self.refused(program.USAGE, "-input", path, *columns))


if __name__ == "__main__":
    program.main()
