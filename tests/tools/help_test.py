"""Help, version, and what is said of verbs and options that do not exist."""

import subprocess

import program

VERBS = ("supervised", "test", "test-label", "predict", "predict-prob", "print-sentence-vectors",
         "print-word-vectors", "print-ngrams", "nn", "analogies", "evaluate", "convert", "dump", "prepare",
         "verify", "serve")


class Help(program.Case):
    def test_without_a_verb_the_usage_goes_to_standard_error(self):
        done = self.run_program()
        self.assertEqual((done.returncode, done.stdout), (program.NO_VERB, b""))
        self.assertIn(b"usage: wordfire VERB", done.stderr)

    def test_help_names_every_verb(self):
        for flag in ("-h", "--help", "-help"):
            text = self.succeed(flag).decode()
            for verb in VERBS:
                self.assertIn(f"  {verb} ", text)

    def test_every_verb_has_help_wherever_it_is_asked_for(self):
        for verb in VERBS:
            for arguments in (["-h"], ["--help"], ["some", "-h"], ["-dim", "0", "--help"]):
                text = self.succeed(verb, *arguments).decode()
                self.assertIn(f"wordfire {verb}", text, arguments)

    def test_help_of_supervised_has_every_option(self):
        text = self.succeed("supervised", "--help").decode()
        for flag in ("-input", "-wordNgrams", "-earlyStopping", "-deterministic", "-scratchDir", "-minCountLabel"):
            self.assertIn(f"  {flag} ", text)

    def test_version_is_one_line(self):
        self.assertRegex(self.succeed("--version").decode(), r"\Awordfire \d+\.\d+\.\d+\n\Z")

    def test_options_markdown_is_a_table(self):
        self.assertIn("| `-dim` | `vector_dim` | `100` |", self.succeed("--options-markdown").decode())


class Names(program.Case):
    def test_unknown_verb_gets_advice(self):
        self.assertEqual(self.fail_with(program.USAGE, "predct"),
                         'verb "predct": there is none of this name; did you mean predict?')
        self.assertIn("see wordfire --help", self.fail_with(program.USAGE, "quantize"))
        self.fail_with(program.USAGE, "")

    def test_unknown_option_gets_advice(self):
        self.assertIn("did you mean -wordNgrams?", self.fail_with(program.USAGE, "supervised", "-wordngrams", 2))
        self.assertIn("did you mean -thread?", self.fail_with(program.USAGE, "predict", "m", "-", "-threads", 2))

    def test_options_that_this_version_lacks_are_unknown(self):
        for flag in ("-autotune-duration", "-qnorm", "-retrain", "-cutoff", "-dsub"):
            self.assertIn(f"option {flag}: there is none", self.fail_with(program.USAGE, "supervised", flag, "x"))

    def test_messages_stay_on_one_line(self):
        done = self.run_program("supervised", "-dim", "a\nb\x1b[0m")
        self.assertEqual(done.stderr.count(b"\n"), 1)
        self.assertNotIn(b"\x1b", done.stderr)


class StandardStreams(program.Case):
    def test_help_on_a_full_device_fails(self):
        with open("/dev/full", "wb") as full:
            self.assertIn("standard output", self.fail_with(program.IO, "--help", stdout=full))

    def test_help_on_a_closed_output_fails(self):
        done = subprocess.run(["/bin/sh", "-c", f"'{self.program}' --help >&-"], stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, program.IO, done.stderr)

    def test_a_closed_standard_error_is_survived(self):
        done = subprocess.run(["/bin/sh", "-c", f"'{self.program}' nonsense 2>&-"], timeout=60)
        self.assertEqual(done.returncode, program.USAGE)


if __name__ == "__main__":
    program.main()
