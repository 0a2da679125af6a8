"""Word vectors against fastText: training speed, and quality by word similarity and analogies, on the same real text.

usage: vectors.py --wordfire PROGRAM --fasttext [NAME=]PROGRAM [[NAME=]PROGRAM ...] [options]

The text is --text, or shared/data/wiki/wiki.txt.xz beside the repository (17 million words of Wikipedia). All runs have
fastText's defaults of the mode: -dim 100 -ws 5 -neg 5 -t 1e-4 -minCount 5 -epoch 5 -lr 0.05. What it shows:
  speed     words a second and thread that each program prints at the end of its training, one thread; --lines bounds the text
            for fastText, which needs minutes for all of it
  threads   Wordfire with one and with two threads, free and deterministic, in turn
  quality   each mode with two threads, mean over --seeds seeds, measured by `wordfire evaluate` with the 30,000 most frequent
            words; fastText with its twelve threads (with fewer, part of its rows start at zero)
Results: tables on standard output, and everything in --json.
"""

import argparse
import json
import lzma
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import mean

import measure

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
WORDS = ("-minn", 0, "-maxn", 0)
NGRAMS = ("-minn", 3, "-maxn", 6)
MODES = {
    "skipgram": ("skipgram", *WORDS),
    "batch-skipgram": ("batch-skipgram", *WORDS),
    "skipgram, n-grams": ("skipgram", *NGRAMS),
    "cbow": ("cbow", *WORDS),
    "cbow, n-grams": ("cbow", *NGRAMS),
}
ALL_ROWS = ("speed", "threads", "quality")
PROGRESS = re.compile(r"words/sec/thread:\s*(\d+)")


class Bench:
    def __init__(self, options):
        self.options = options
        self.peers = dict(measure.named(program) for program in options.fasttext)
        self.work = options.work
        self.work.mkdir(parents=True, exist_ok=True)
        self.text = self.unpacked(options.text)
        self.runs = []

    def unpacked(self, path):
        if path.suffix != ".xz":
            return path
        text = self.work / path.stem
        if not text.exists():
            with lzma.open(path) as packed, open(text, "wb") as target:
                shutil.copyfileobj(packed, target)
        return text

    def slice(self, lines):
        path = self.work / f"first-{lines}.txt"
        with open(self.text, "rb") as text, open(path, "wb") as target:
            target.writelines(line for line, _ in zip(text, range(lines)))
        return path

    def train(self, row, name, program, text, mode, threads, *more):
        """One training run; the program's own words a second and thread."""
        output = self.work / "vectors"
        command = [program, MODES[mode][0], "-input", text, "-output", output, *MODES[mode][1:], "-minCount", 5, "-thread",
                   threads, *more]
        begin = time.perf_counter()
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if done.returncode != 0:
            raise measure.Failed(f"exit status {done.returncode}: {command}\n{done.stderr[-500:]}")
        rates = PROGRESS.findall(done.stderr + done.stdout)
        run = {"row": row, "program": name, "mode": mode, "threads": threads, "more": list(more),
               "command": list(map(str, command)), "wall_s": round(time.perf_counter() - begin, 2),
               "words_per_second_and_thread": int(rates[-1]) if rates else None}
        self.runs.append(run)
        print(f"  {row} {name} {mode} {threads} {' '.join(map(str, more))}: {run['words_per_second_and_thread']} words/s/thread,"
              f" {run['wall_s']} s", file=sys.stderr, flush=True)
        return run

    def speed(self):
        text = self.slice(self.options.lines)
        for mode in self.options.modes:
            for _ in range(self.options.repeats):
                self.train("speed", "Wordfire", self.options.wordfire, text, mode, 1)
                for name, peer in self.peers.items():
                    if mode != "batch-skipgram":
                        self.train("speed", name, peer, text, mode, 1, "-epoch", 1)

    def threads(self):
        text = self.slice(self.options.lines)
        for mode in self.options.modes:
            for _ in range(self.options.repeats):
                for threads in (1, 2):
                    for more in ((), ("-deterministic",)):
                        self.train("threads", "Wordfire", self.options.wordfire, text, mode, threads, *more)

    def quality(self):
        for mode in self.options.modes:
            for seed in range(1, self.options.seeds + 1):
                for more in ((), ("-deterministic",)):
                    run = self.train("quality", "Wordfire", self.options.wordfire, self.text, mode, 2, "-seed", seed, *more)
                    run["scores"] = self.scores()
                if self.peers and mode != "batch-skipgram":
                    name, peer = next(iter(self.peers.items()))
                    run = self.train("quality", name, peer, self.text, mode, 12, "-seed", seed)
                    run["scores"] = self.scores()

    def scores(self):
        """Spearman's rho of each file of pairs, share of analogies, of the model just trained."""
        folder = self.options.eval
        pairs = [folder / f"{name}.tsv" for name in ("wordsim353", "men3000", "simlex999", "rarewords")]
        command = [self.options.wordfire, "evaluate", self.work / "vectors.bin", "-similarity", *pairs, "-analogies",
                   folder / "questions-words.txt", "-restrict", 30000, "-json"]
        found = json.loads(subprocess.run(list(map(str, command)), capture_output=True, check=True).stdout)
        scores = {name.removesuffix(".tsv"): rho for name, rho in flat_rhos(found)}
        scores["analogies"] = found["analogies"]["questions-words.txt"]["accuracy"]
        return scores


def flat_rhos(found):
    """(file, rho) wherever the report has a "spearmans_rho"."""
    for key, value in found.items():
        if isinstance(value, dict):
            if "spearmans_rho" in value:
                yield key, value["spearmans_rho"]
            else:
                yield from flat_rhos(value)


def label(run):
    return run["program"] + (" -deterministic" if "-deterministic" in run["more"] else "")


def speed_table(runs, row):
    groups = {}
    for run in runs:
        if run["row"] == row:
            groups.setdefault((run["mode"], run["threads"], label(run)), []).append(run["words_per_second_and_thread"])
    yield "| mode | threads | program | words/s and thread (median) | best |"
    yield "|---|---|---|---|---|"
    for (mode, threads, program), rates in groups.items():
        yield f"| {mode} | {threads} | {program} | {measure.median(rates):,.0f} | {max(rates):,} |"


def quality_table(runs):
    groups = {}
    for run in runs:
        if run["row"] == "quality":
            groups.setdefault((run["mode"], label(run)), []).append(run["scores"])
    names = list(next(iter(groups.values()))[0]) if groups else []
    yield f"| mode | program | {' | '.join(names)} |"
    yield "|---|---|" + "---|" * len(names)
    for (mode, program), scores in groups.items():
        yield f"| {mode} | {program} | " + " | ".join(f"{mean(s[name] for s in scores):.4f}" for name in names) + " |"


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordfire", type=Path, required=True)
    parser.add_argument("--fasttext", nargs="*", default=(), help="none: Wordfire alone")
    parser.add_argument("--rows", nargs="+", choices=ALL_ROWS, default=ALL_ROWS)
    parser.add_argument("--modes", nargs="+", choices=list(MODES), default=list(MODES))
    parser.add_argument("--text", type=Path, default=SHARED / "wiki" / "wiki.txt.xz")
    parser.add_argument("--eval", type=Path, default=SHARED / "eval")
    parser.add_argument("--lines", type=int, default=20000, help="of the text, in the rows speed and threads")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--work", type=Path, default=Path("bench-e2e"), help="folder for texts and models (2 GB)")
    parser.add_argument("--json", type=Path, default=Path("vectors.json"))
    return parser.parse_args()


def main():
    options = parsed()
    bench = Bench(options)
    for row in options.rows:
        getattr(bench, row)()
    measure.write_report(options.json, ROOT, bench.peers, bench.runs)
    for row in ("speed", "threads"):
        if row in options.rows:
            print(f"\n{row}:\n", *speed_table(bench.runs, row), sep="\n")
    if "quality" in options.rows:
        print("\nquality:\n", *quality_table(bench.runs), sep="\n")


if __name__ == "__main__":
    main()
