"""Running out of memory is an error like others: exit status 70 and one line, no signal, and the older model stays.

R7 of the reliability requirements: the n-th allocation fails, once or from then on, in training, predict and test; mmap fails;
and the address space is limited from 64 MiB to 4 GiB, where the estimate must have been printed before anything large was
allocated. The normal run takes a sample of the positions, WORDFIRE_LONG=1 two hundred.

usage: WORDFIRE_FAULT_SHIM=PATH-OF-SHIM memory_test.py PATH-OF-WORDFIRE
"""

import re
import resource
import subprocess
import sys

from faults import EXIT_DATA, EXIT_INTERNAL, FaultCase, data, needs_shim, programs

POSITIONS = 100 if programs.LONG else 15
LIMITS = 20 if programs.LONG else 4
# Prints the KiB that a program took. A process of its own: what a child took includes its parent until exec().
MEASURE = ("import resource, subprocess, sys; status = subprocess.call(sys.argv[1:]); "
           "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(status)")
LOADER_FAILED = 127  # the dynamic linker could not even map the libraries
MIB = 1 << 20


def spread(count, positions):
    """Positions from 1 to `count`, at even ratios: the start of a program has the most different allocations."""
    return sorted({round(count ** (i / (positions - 1))) for i in range(positions)} | {count})


class Allocations(FaultCase):
    def remove_temporary_files(self):
        """Where memory ends within a destructor the program leaves at once, as if it were killed."""
        for path in self.saved.glob(".wordfire-*"):
            path.unlink()

    def assert_all_older_or_all_newer(self):
        """Newer files stay where memory ended after they were complete."""
        if self.contents()["model.bin"] == self.old["model.bin"]:
            self.assert_nothing_changed()
        else:
            self.assertEqual(self.contents()["model.vec"], self.new["model.vec"])
            self.assert_files_whole()

    def check(self, run_with, calls, forever):
        count = run_with(calls).count
        self.assertGreater(count, 0)
        for at in spread(count, POSITIONS):
            with self.subTest(at=at, of=count):
                self.put_back()
                run = run_with(calls, at=at, forever=forever)
                # Some allocations can be done without, and two runs need not have equally many.
                self.assertIn(run.status, (0, EXIT_INTERNAL), run.said)
                if run.status != 0:
                    self.assert_one_line_said(run)
                    self.remove_temporary_files()
                    self.assert_all_older_or_all_newer()

    def predict(self, calls, **fault):
        return self.run_faulty(("predict-prob", self.saved / "model.bin", self.text, 3), calls, **fault)

    def score(self, calls, **fault):
        return self.run_faulty(("test", self.saved / "model.bin", self.text), calls, **fault)

    def test_one_fails_in_training(self):
        self.check(self.train_faulty, "malloc", False)

    def test_all_fail_from_some_point_of_training(self):
        self.check(self.train_faulty, "malloc", True)

    def test_maps_fail_in_training(self):
        self.check(self.train_faulty, "mmap", False)

    def test_one_fails_in_predict(self):
        self.check(self.predict, "malloc", False)

    def test_all_fail_from_some_point_of_predict(self):
        self.check(self.predict, "malloc", True)

    def test_one_fails_in_test(self):
        self.check(self.score, "malloc", False)

    def test_the_model_cannot_be_mapped(self):
        run = self.predict("mmap", at=1)
        self.assertIn(run.status, (EXIT_INTERNAL, EXIT_DATA), run.said)
        self.assert_one_line_said(run)


class LimitedCase(FaultCase):
    def limited(self, mebibytes, *arguments):
        limit = mebibytes * MIB
        command = [self.ours.path, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))


class Estimate(LimitedCase):
    """What a run says that it takes at most, against what the kernel counted."""

    SLACK = 64  # MiB

    def peak_and_bound(self, *arguments):
        """In MiB."""
        command = [self.ours.path, "supervised", "-output", self.saved / "model", "-verbose", 1, "-epoch", 1, *arguments]
        done = subprocess.run([sys.executable, "-c", MEASURE, *map(str, command)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        number, unit = re.search(r"Memory: at most ([0-9.]+) (MiB|GiB):", done.stderr).groups()
        return int(done.stdout) / 1024, float(number) * (1024 if unit == "GiB" else 1)

    def check(self, *arguments):
        peak, bound = self.peak_and_bound(*arguments)
        self.assertLessEqual(peak, bound, arguments)
        self.assertLessEqual(bound, 2 * peak + self.SLACK, arguments)

    def lines(self, name, lines):
        path = self.folder / name
        path.write_text("".join(lines))
        return path

    def test_of_a_plain_run(self):
        self.check("-input", data.head(data.single_label().train, 20000), "-dim", 20, "-wordNgrams", 2, "-thread", 2)

    def test_of_character_ngrams(self):
        words = self.lines("words", (f"__label__{i % 2} http://example.org/{i}/{i * i}/{i ** 3}\n" for i in range(20000)))
        self.check("-input", words, "-dim", 5, "-minn", 3, "-maxn", 6, "-bucket", 20000, "-thread", 2)
        token = self.lines("token", ["__label__a x\n__label__b ", "y" * 2_000_000, "\n"])
        self.check("-input", token, "-dim", 5, "-minn", 1, "-maxn", 10, "-bucket", 20000, "-thread", 2)

    def test_of_many_labels_on_many_threads(self):
        labels = self.lines("labels", (f"__label__{i} word{i % 100}\n" for i in range(20000)))
        for options in (("-loss", "softmax"), ("-loss", "ova"), ("-loss", "softmax", "-deterministic")):
            self.check("-input", labels, "-dim", 10, "-thread", 8, *options)

    def test_of_a_thousand_threads(self):
        self.check("-input", self.text, "-dim", 10, "-thread", 1000)

    def test_what_cannot_fit_is_refused_before_it_is_taken(self):
        token = self.lines("token", ["__label__a x\n__label__b ", "y" * 10_000_000, "\n"])
        self.assertIn("character n-grams", self.refuse(2048, "-input", token, "-minn", 1, "-maxn", 100, "-dim", 5))
        labels = self.lines("labels", (f"__label__{i} word{i % 100}\n" for i in range(5000)))
        self.assertIn("threads", self.refuse(2048, "-input", labels, "-dim", 5000, "-thread", 16))

    def refuse(self, limit, *arguments):
        """Under a limit of so many MiB, below what is wanted and above what reading takes."""
        done = self.limited(limit, "supervised", "-output", self.saved / "model", "-verbose", 0, *arguments)
        self.assertEqual(done.returncode, EXIT_INTERNAL, done.stderr)
        self.assertRegex(done.stderr, r"\Awordfire: out of memory: [^\n]*\n\Z")
        self.assert_nothing_changed()
        return done.stderr


class AddressSpace(LimitedCase):
    def limits(self):
        """MiB from 64 to 4,096, at even ratios."""
        return [round(64 * 64 ** (number / (LIMITS - 1))) for number in range(LIMITS)]

    def test_training(self):
        """A model of some 400 MB; what it needs is said before it is taken."""
        text = data.head(data.single_label().train, 20000)
        statuses = set()
        for mebibytes in self.limits():
            with self.subTest(mebibytes=mebibytes):
                self.put_back()
                done = self.limited(mebibytes, "supervised", "-input", text, "-output", self.saved / "model", "-dim", 200,
                                    "-wordNgrams", 2, "-bucket", 400000, "-epoch", 1, "-thread", 2)
                self.assertIn(done.returncode, (0, EXIT_INTERNAL, LOADER_FAILED), done.stderr)
                statuses.add(done.returncode)
                if done.returncode == EXIT_INTERNAL:
                    self.assertRegex(done.stderr.lower(), "mib|memory")
                    self.assert_nothing_changed()
        self.assertIn(EXIT_INTERNAL, statuses)
        self.assertIn(0, statuses)

    def test_threads_that_the_system_does_not_start(self):
        """Six hundred stacks of 8 MiB, or whatever the limit is, do not fit into 1,500 MiB."""
        for verb in (("supervised", "-input", self.text, "-output", self.saved / "model", "-dim", 5, "-verbose", 0),
                     ("test", self.saved / "model.bin", self.text),
                     ("predict", self.saved / "model.bin", self.text)):
            with self.subTest(verb=verb[0]):
                done = self.limited(1500, *verb, "-thread", 600)
                self.assertEqual(done.returncode, EXIT_INTERNAL, done.stderr)
                self.assertRegex(done.stderr, r"\Awordfire: threads: the system starts \d+ of 600 [^\n]*\n\Z")
                self.assert_nothing_changed()

    def test_predict(self):
        for mebibytes in self.limits():
            with self.subTest(mebibytes=mebibytes):
                done = self.limited(mebibytes, "predict", self.saved / "model.bin", self.text)
                self.assertIn(done.returncode, (0, EXIT_INTERNAL, LOADER_FAILED), done.stderr)


if __name__ == "__main__":
    needs_shim()
    programs.main(needs_peer=False)
