"""--raw: new text is treated as the recipe in the manifest says the training text was."""

import program

ROWS = [(b"animal", b"Cat, Dog; the OWL!"), (b"colour", b"Red (Green) -- Blue?"), (b"animal", b"A hen. A cow's fox"),
        (b"colour", b"pink/Grey & black")]


class Raw(program.Case):
    def setUp(self):
        super().setUp()
        table = self.write("table.csv", b"".join(b'%s,"%s"\n' % row for row in ROWS * 5))
        self.prepared = self.folder / "text"
        self.succeed("prepare", "-input", table, "-output", self.prepared)
        self.model_path = self.train(self.prepared, "-epoch", 50, "-lr", 0.5, "-wordNgrams", 2, "-bucket", 1000)

    def raw_lines(self, ending=b"\n"):
        return ending.join(text for _, text in ROWS * 5) + ending

    def test_raw_text_is_predicted_as_its_prepared_form(self):
        wanted = self.succeed("predict-prob", self.model_path, self.prepared, 2)
        for ending in (b"\n", b"\r\n"):
            raw = self.succeed("predict-prob", self.model_path, "-", 2, "--raw", stdin=self.raw_lines(ending))
            self.assertEqual(raw, wanted)
        plain = self.succeed("predict-prob", self.model_path, "-", 2, stdin=self.raw_lines())
        self.assertNotEqual(plain, wanted)

    def test_raw_text_is_scored_behind_its_labels(self):
        raw = self.write("raw", b"".join(b"__label__%s %s\n" % row for row in ROWS * 5))
        self.assertEqual(self.succeed("test", self.model_path, raw, "--raw"),
                         self.succeed("test", self.model_path, self.prepared))

    def test_every_raw_line_is_answered(self):
        answers = self.succeed("predict", self.model_path, "-", "--raw", stdin=b"\n\n?!\n__label__animal\n\xff\0\ncat")
        self.assertEqual(answers.count(b"\n"), 6)

    def test_without_a_recipe_there_is_no_raw_text(self):
        self.assertIn("recipe", self.fail_with(program.USAGE, "predict", self.model(), self.text, "--raw"))
        (self.folder / "model.manifest.json").unlink()
        self.assertIn("manifest", self.fail_with(program.USAGE, "predict", self.model_path, self.text, "--raw"))


if __name__ == "__main__":
    program.main()
