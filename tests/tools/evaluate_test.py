"""evaluate: what it prints, what it counts, and what it refuses."""

import json
import math

import program

ANGLES = {"a": 0, "b": 10, "c": 50, "d": 90, "man": 180, "woman": 200, "king": 220, "queen": 240}
PAIRS = b"a\tb\t9\na\tc\t5\na\td\t1\nA\tnobody\t7\n"
QUESTIONS = b": royal\nman woman king queen\nMan Woman King Queen\n: wrong\nman woman king a\nman woman king nobody\n"


def vectors():
    lines = [f"{word} {math.cos(math.radians(x)):.6f} {math.sin(math.radians(x)):.6f}\n" for word, x in ANGLES.items()]
    return f"{len(lines)} 2\n{''.join(lines)}".encode()


class Evaluation(program.Case):
    def setUp(self):
        super().setUp()
        self.vec = self.write("v.vec", vectors())
        self.pairs = self.write("pairs.tsv", PAIRS)
        self.questions = self.write("questions.txt", QUESTIONS)

    def evaluate(self, *arguments):
        return self.succeed("evaluate", self.vec, *arguments).decode()

    def test_each_file_has_a_line(self):
        self.assertEqual(self.evaluate("-similarity", self.pairs, "-analogies", self.questions),
                         "pairs.tsv: rho 1.0000, 4 pairs, 1 not found\n"
                         "#mean_rho: 1\n"
                         "questions.txt: 66.67 % of 3 questions, 1 not found\n"
                         "  royal: 100.00 % of 2 questions, 0 not found\n"
                         "  wrong: 0.00 % of 1 questions, 1 not found\n")

    def test_mean_has_all_its_digits(self):
        other = self.write("other.csv", b"one,two,score\na,b,5\na,c,5\na,d,1\n")
        printed = self.evaluate("-similarity", self.pairs, other)
        self.assertIn("other.csv: rho 0.8660, 3 pairs, 0 not found\n", printed)
        mean = float(printed.split("#mean_rho: ")[1])
        self.assertAlmostEqual(mean, (1 + math.sqrt(0.75)) / 2, delta=1e-15)

    def test_json_has_the_same_figures(self):
        answer = json.loads(self.evaluate("-similarity", self.pairs, "-analogies", self.questions, "--json"))
        self.assertEqual(answer["pairs.tsv"], {"not_found": 1, "spearmans_rho": 1, "total_pairs": 4})
        self.assertEqual(answer["mean_rho"], 1)
        self.assertEqual(answer["analogies"]["questions.txt"]["correct"], 2)
        self.assertEqual(set(json.loads(self.evaluate("-similarity", self.pairs, "--json"))), {"pairs.tsv", "mean_rho"})

    def test_files_of_one_name_are_told_apart(self):
        folder = self.folder / "other"
        folder.mkdir()
        (folder / "pairs.tsv").write_bytes(PAIRS)
        answer = json.loads(self.evaluate("-similarity", self.pairs, folder / "pairs.tsv", "--json"))
        self.assertEqual(set(answer), {"pairs.tsv", str(folder / "pairs.tsv"), "mean_rho"})

    def test_options_change_what_is_found(self):
        self.assertIn("4 pairs, 2 not found", self.evaluate("-similarity", self.pairs, "-restrict", 3))
        self.assertIn("50.00 % of 2 questions, 2 not found",
                      self.evaluate("-analogies", self.questions, "-caseSensitive"))

    def test_models_with_ngrams_find_every_word(self):
        pairs = self.write("animals.tsv", b"cat\tcats\t9\nred\treddish\t8\nowl\tblue\t1\n")
        model = self.model("softmax", "-minn", 2, "-maxn", 3, "-bucket", 500)
        self.assertIn(b"3 pairs, 0 not found", self.succeed("evaluate", model, "-similarity", pairs))
        self.assertIn(b"3 pairs, 2 not found",
                      self.succeed("evaluate", model, "-similarity", pairs, "-vocabularyOnly"))

    def test_every_format_gives_the_same_figures(self):
        wanted = self.evaluate("-similarity", self.pairs, "-analogies", self.questions)
        for kind in ("bin", "npy", "glove"):
            path = self.folder / f"v.{kind}"
            self.succeed("convert", self.vec, path, *(["-format", "glove"] if kind == "glove" else []))
            self.assertEqual(self.succeed("evaluate", path, "-similarity", self.pairs, "-analogies",
                                          self.questions).decode(), wanted)

    def test_nothing_found_is_not_a_number_and_said(self):
        for name, text, count in (("strange.tsv", b"x\ty\t1\n", 0), ("one.tsv", b"a b 1\n", 1),
                                  ("flat.tsv", b"a b 1\na c 1\na d 1\n", 3)):
            pairs = self.write(name, text)
            done = self.run_program("evaluate", self.vec, "-similarity", pairs)
            self.assertRegex(done.stdout.decode(), rf"\A{name}: rho nan, \d pairs, \d not found\n#mean_rho: nan\n\Z")
            self.assertIn(f"{name}: no correlation of {count} pairs that were found".encode(), done.stderr)
            self.assertIsNone(json.loads(self.evaluate("-similarity", pairs, "--json"))["mean_rho"])

    def test_no_share_is_made_up_of_no_questions(self):
        questions = self.write("odd.txt", b": unknown\nx y z u\n: empty\n: fine\nman woman king queen\n")
        self.assertEqual(self.evaluate("-analogies", questions),
                         "odd.txt: 100.00 % of 1 questions, 1 not found\n"
                         "  unknown: 0 questions, 1 not found\n"
                         "  empty: 0 questions, 0 not found\n"
                         "  fine: 100.00 % of 1 questions, 0 not found\n")
        bare = self.write("bare.txt", b"man woman king queen\n")
        self.assertEqual(self.evaluate("-analogies", bare), "bare.txt: 100.00 % of 1 questions, 0 not found\n")

    def test_something_to_measure_by_is_wanted(self):
        self.assertIn("want -similarity, -analogies", self.fail_with(program.USAGE, "evaluate", self.vec))
        for words in ("0", "-1", "abc", "", "1.5"):
            self.assertIn("option -restrict", self.fail_with(program.USAGE, "evaluate", self.vec, "-similarity",
                                                             self.pairs, "-restrict", words))

    def test_wrong_files_are_named(self):
        self.assertIn("questions.txt:2: found", self.fail_with(program.DATA, "evaluate", self.vec, "-similarity",
                                                               self.questions))
        self.assertIn("pairs.tsv:1: found", self.fail_with(program.DATA, "evaluate", self.vec, "-analogies", self.pairs))
        self.assertIn("none.tsv", self.fail_with(program.NO_INPUT, "evaluate", self.vec, "-similarity", "none.tsv"))
        self.assertIn("none.vec", self.fail_with(program.NO_INPUT, "evaluate", "none.vec", "-similarity", self.pairs))


if __name__ == "__main__":
    program.main()
