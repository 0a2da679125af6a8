"""bench/gpu/whole_commands.py on small texts and the CPU: it must understand what the programs print.

usage: whole_commands_test.py WORDFIRE TRAIN
"""

import importlib.util
import json
import lzma
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "bench" / "gpu" / "whole_commands.py"
WORDS = [f"word{i}" for i in range(40)]


def lines_of_classes(count):
    draw = random.Random(1)
    for i in range(count):
        yield f"__label__{i % 4} " + " ".join(f"c{i % 4}w{draw.randrange(20)}" for _ in range(8))


def lines_of_words(count):
    draw = random.Random(2)
    return (" ".join(draw.choice(WORDS) for _ in range(20)) for _ in range(count))


def lay(path, lines, opener=open):
    path.parent.mkdir(parents=True, exist_ok=True)
    with opener(path, "wt") as file:
        file.writelines(line + "\n" for line in lines)


def lay_texts(folder):
    lay(folder / "dbpedia/train.txt.xz", lines_of_classes(2000), lzma.open)
    lay(folder / "dbpedia/test.txt", lines_of_classes(200))
    lay(folder / "wiki/wiki.txt.xz", lines_of_words(300), lzma.open)
    pairs = [f"{a}\t{b}\t{i % 10}" for i, (a, b) in enumerate(zip(WORDS, WORDS[1:]))]
    lay(folder / "eval/men3000.tsv", pairs)
    lay(folder / "eval/wordsim353.tsv", pairs)
    lay(folder / "eval/questions-words.txt", [": all", " ".join(WORDS[:4]), " ".join(WORDS[4:8])])


class WholeCommands(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        lay_texts(self.folder / "data")

    def run_script(self, *more):
        command = [sys.executable, "-B", SCRIPT, "--wordfire", programs[0], "--train", programs[1], "--data", self.folder / "data",
                   "--work", self.folder / "work", "--json", self.folder / "runs.json", "--devices", "cpu", "--threads", "2",
                   "--seeds", "2", "--copies", "2", "--words", "13000", *more]
        return subprocess.run(list(map(str, command)), capture_output=True, text=True)

    def test_every_row_has_its_table(self):
        done = self.run_script("--fasttext", programs[0])
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"\| CPU, 2 threads \| [\d.]+ \|  \| -?\d\.\d{4} \| -?\d\.\d{4} \| [\d.]+ % \| no \|")
        self.assertRegex(done.stdout, r"\| CPU, 2 threads \| 18,000 \| [\d.]+ \| [\d.]+ \|  \|")
        self.assertRegex(done.stdout, r"\| CPU, 2 threads \| [\d.]+ \|  \| [01]\.\d{4} \| 2 \|")
        self.assertRegex(done.stdout, r"\| fastText, 2 threads \| [\d.]+ \|  \| [01]\.\d{4} \| 1 \|")
        self.assertRegex(done.stdout, r"\| cpu \| [\d.]+ \| .*model\.bin.* \|")
        self.assertIn("Artefacts: the same names", done.stdout)

    def test_runs_are_kept_with_what_they_said(self):
        self.assertEqual(self.run_script("--rows", "classifier").returncode, 0)
        report = json.loads((self.folder / "runs.json").read_text())
        self.assertEqual([run["row"] for run in report["runs"]], ["classifier"] * 2)
        self.assertGreater(report["runs"][0]["words_per_second_and_thread"], 0)
        # Each class has words of its own.
        self.assertGreater(report["runs"][0]["precision"], 0.9)

    def test_a_command_that_fails_is_told_and_ends_the_script_with_1(self):
        done = self.run_script("--rows", "vectors", "classifier", "--lr", "abc")
        self.assertEqual(done.returncode, 2, done.stderr)
        done = self.run_script("--rows", "container", "classifier", "--devices", "tpu")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("classifier: FAILED", done.stdout)
        self.assertRegex(done.stdout, r"(?m)^\| auto \|")

    def test_log_lines_are_compared_without_numbers(self):
        sys.path.insert(0, str(SCRIPT.parent))
        spec = importlib.util.spec_from_file_location("whole_commands", SCRIPT)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.assertEqual(module.shape_of("[11/21/2026 16:56:32 INFO 1] lr -0.5 1e-05 in ml-auto/x"),
                         "[#/#/# #:#:# INFO #] lr # # in ml/x")


if __name__ == "__main__":
    programs = sys.argv[1:3]
    del sys.argv[1:3]
    unittest.main()
