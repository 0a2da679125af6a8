"""The page of `wordfire serve` at "/" in a real browser: what is typed becomes labels with bars, or a word's neighbours, all by
keyboard and with nothing asked from elsewhere."""

import unittest

import browser
import endpoint

LABELS = ("__label__bread", "__label__tools", "__label__th\u00e9", '__label__"odd"')
# What the page shows: names, numbers, and the widths of bars as shares of the room that they have.
ROWS = """[...document.querySelectorAll("#rows tr")].map((row) => {
  const bar = row.querySelector(".bar");
  const style = getComputedStyle(bar.parentElement);
  const room = bar.parentElement.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return {name: row.cells[0].textContent, number: Number(row.cells[1].textContent), width: bar.offsetWidth / room};
})"""
FAULT = 'document.getElementById("fault").textContent'
FOCUS = "document.activeElement.id"


@unittest.skipIf(browser.missing_programs(), browser.missing_programs())
class Page(endpoint.Case):
    def setUp(self):
        super().setUp()
        self.window = self.enterContext(browser.Browser())

    def open(self, model):
        self.server = self.enterContext(endpoint.Endpoint(self.program, model))
        self.url = f"http://127.0.0.1:{self.server.port}/"
        self.window.open(self.url)

    def classifier(self):
        words = ("flour dough", "knife saw", "green black", "weird strange")
        lines = "".join(f"{label} {text}\n" for label, text in zip(LABELS, words))
        return self.train(self.write("text", lines.encode() * 20), "-epoch", 5)

    def classifier_with_recipe(self):
        table = self.write("table.csv", b'bread,"Flour; DOUGH!"\ntools,"a Knife (saw)"\n' * 20)
        self.succeed("prepare", "-input", table, "-output", self.folder / "prepared")
        return self.train(self.folder / "prepared", "-epoch", 50, "-lr", 0.5)

    def word_vectors(self):
        text = self.write("words", b"fast quick blazing awesome\n" * 50)
        self.succeed("skipgram", "-input", text, "-output", self.folder / "words", "-dim", 8, "-minn", 0, "-maxn", 0, "-thread", 1,
                     "-verbose", 0)
        return self.folder / "words.bin"

    def test_text_becomes_labels_with_bars(self):
        self.open(self.classifier())
        self.assertEqual(self.window.run(FOCUS), "text")
        self.window.type("flour knife")
        self.window.keys("Tab")
        self.assertEqual(self.window.run(FOCUS), "ask")
        self.window.keys("Enter")
        rows = self.window.wait_for(ROWS, len)
        self.assertEqual({row["name"] for row in rows}, set(LABELS))
        numbers = [row["number"] for row in rows]
        self.assertEqual(numbers, sorted(numbers, reverse=True))
        self.assertAlmostEqual(sum(numbers), 1, delta=3e-4)
        for row in rows:
            self.assertAlmostEqual(row["width"], row["number"], delta=0.02)

    def test_word_gets_its_neighbours(self):
        self.open(self.word_vectors())
        self.assertEqual(self.window.run(FOCUS), "word")
        self.window.type("fast")
        self.window.keys("Enter")
        rows = self.window.wait_for(ROWS, len)
        self.assertEqual({row["name"] for row in rows}, {"</s>", "awesome", "blazing", "quick"})
        self.window.type("er")
        self.window.keys("Enter")
        self.window.wait_for(FAULT, lambda text: text == "This word has no vector.")
        self.assertEqual(self.window.run("document.getElementById('result').hidden"), True)

    def test_text_is_prepared_unless_that_is_not_wanted(self):
        self.open(self.classifier_with_recipe())
        self.window.type("FLOUR")
        self.window.keys(("Control", "Enter"))
        prepared = self.window.wait_for(ROWS, len)
        self.window.keys("Tab", "Space", "Tab", "Enter")
        self.window.wait_for(ROWS, lambda rows: rows != prepared)

    def test_nothing_comes_from_elsewhere(self):
        self.open(self.classifier())
        self.window.type("flour")
        self.window.keys(("Control", "Enter"))
        self.window.wait_for(ROWS, len)
        asked = [url for url in self.window.requested() if not url.startswith(("chrome:", "data:"))]
        self.assertEqual(asked, [self.url, self.url + "invocations"])
        self.assertEqual([entry for entry in self.window.log("browser") if entry["level"] == "SEVERE"], [])

    def test_faults_are_told(self):
        self.open(self.classifier())
        self.window.run("void (window.request = () => ({instances: 7}))")
        self.window.keys(("Control", "Enter"))
        self.window.wait_for(FAULT, lambda text: text == "instances is a number, want a list of strings")
        self.server.stop()
        self.window.keys(("Control", "Enter"))
        self.window.wait_for(FAULT, lambda text: text == "The server cannot be reached.")


if __name__ == "__main__":
    endpoint.main()
