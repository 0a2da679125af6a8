"""Every numeric option of every verb with values that are wrong or at an end: exit status 64 and the option named, or
accepted where the value is a legal one; never a signal, never a hang."""

import program

VALUES = ("0", "-1", "2147483648", "9223372036854775808", "nan", "inf", "", "abc")
# Flag -> the values above that are legal.
INTEGERS = {
    "verbose": {"0"}, "minCount": {"0"}, "minCountLabel": {"0"}, "wordNgrams": set(), "bucket": {"0"}, "minn": {"0"},
    "maxn": {"0"}, "lrUpdateRate": set(), "dim": set(), "ws": set(), "epoch": set(), "neg": set(), "seed": {"0", "-1"},
    "patience": set(), "minEpochs": set(), "thread": {"0"}, "memory": {"0"}, "batchSize": set(),
    "scratch": {"0"}, "checkpointMinutes": {"0"},
}
REALS = {"lr": set(), "t": {"2147483648", "9223372036854775808"}, "nsExponent": {"0"}}
VERBS = {"batchSize": "batch-skipgram"}  # of options that supervised does not have
THREADS = {"0"}
LABELS = {"-1"}
PROBABILITIES = {"0"}


class TrainingOptions(program.Case):
    def training(self, flag, value):
        verb = VERBS.get(flag.removeprefix("-"), "supervised")
        return (verb, "-input", self.text, "-output", self.folder / "model", "-dim", 2, "-epoch", 1,
                "-verbose", 0, flag, value)

    def test_wrong_values_are_refused_by_name(self):
        for name, legal in {**INTEGERS, **REALS}.items():
            for value in VALUES:
                if value in legal:
                    continue
                with self.subTest(option=name, value=value):
                    message = self.fail_with(program.USAGE, *self.training(f"-{name}", value))
                    self.assertRegex(message, rf'^option -{name}: got "{value}", want (an integer|a number)')

    def test_legal_values_are_accepted(self):
        for name, legal in {**INTEGERS, **REALS}.items():
            for value in legal:
                with self.subTest(option=name, value=value):
                    self.succeed(*self.training(f"-{name}", value))

    def test_nothing_is_written_when_an_option_is_wrong(self):
        self.fail_with(program.USAGE, *self.training("-dim", "0"))
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_every_numeric_option_is_in_the_grid(self):
        numeric = set()
        for line in self.succeed("--options-markdown").decode().splitlines():
            if line.startswith("| `-") and ("| an integer" in line or "| a number" in line):
                numeric.add(line.split("`")[1].removeprefix("-"))
        self.assertEqual(numeric, set(INTEGERS) | set(REALS))

    def test_options_that_contradict_each_other_are_refused(self):
        for arguments, option in ((("-minn", 4, "-maxn", 3), "-minn"), (("-wordNgrams", 2, "-bucket", 0), "-bucket"),
                                  (("-earlyStopping",), "-earlyStopping"), (("-loss", "hinge"), "-loss"),
                                  (("-label", "a b"), "-label"), (("-output", "x/"), "-output")):
            with self.subTest(arguments=arguments):
                message = self.fail_with(program.USAGE, "supervised", "-input", self.text, "-output",
                                         self.folder / "model", *arguments)
                self.assertTrue(message.startswith(f"option {option}: "), message)

    def test_input_and_output_are_wanted(self):
        self.assertIn("option -input: ", self.fail_with(program.USAGE, "supervised"))
        self.assertIn("option -output: ", self.fail_with(program.USAGE, "supervised", "-input", self.text))


class VerbArguments(program.Case):
    def grid(self, legal, named, *before, after=()):
        """Runs `before value after` for each value."""
        for value in VALUES:
            with self.subTest(arguments=before, value=value):
                if value in legal:
                    self.succeed(*before, value, *after)
                else:
                    self.assertRegex(self.fail_with(program.USAGE, *before, value, *after), rf'{named}: got "{value}"')

    def test_number_of_labels(self):
        for verb in ("predict", "predict-prob", "test", "test-label"):
            self.grid(LABELS, "argument k", verb, self.model(), self.text)

    def test_threshold(self):
        for verb in ("predict", "predict-prob", "test", "test-label"):
            self.grid(PROBABILITIES, "argument th", verb, self.model(), self.text, 1)

    def test_threads(self):
        for verb in ("predict", "predict-prob", "test", "test-label"):
            self.grid(THREADS, "option -thread", verb, self.model(), self.text, "-thread")
        self.grid(THREADS, "option -thread", "print-sentence-vectors", self.model(), "-thread")

    def test_too_few_and_too_many_arguments(self):
        for arguments in (("predict",), ("predict", "m"), ("predict", "m", "f", 1, 0, "more"), ("dump", "m"),
                          ("verify",), ("print-sentence-vectors",), ("test", "m")):
            with self.subTest(arguments=arguments):
                self.fail_with(program.USAGE, *arguments)


if __name__ == "__main__":
    program.main()
