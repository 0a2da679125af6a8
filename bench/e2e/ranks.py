"""Several ranks against one process, all on this machine: quality, overhead, and what is sent.

usage: ranks.py --wordfire PROGRAM [options]

The texts are shared/data/dbpedia and shared/data/wiki beside the repository, or --classifier TRAIN TEST and --text. One thread a
rank; mpirun starts more ranks than there are processors if need be. What it shows:
  quality   a classifier (bigrams, -lr 0.5) and skipgram, five epochs, with 1, 2, 4 and 8 ranks, mean over --seeds seeds:
            P@1, WS-353, MEN and analogies among the 30,000 most frequent words
  overhead  2 ranks with one thread each against one process with two threads, in turn, --repeats times, --epochs epochs:
            seconds for 10^9 words, from the words a second that rank 0 prints. And 4 ranks, for bench/dist/hosts.py
  traffic   bytes a word and the share of the exchange that was hidden, as the program prints them, of the runs above and, with
            --halfTraffic, of 2 ranks once more
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
ALL_ROWS = ("quality", "overhead", "traffic")
CLASSIFIER = ("supervised", "-wordNgrams", 2, "-dim", 10, "-lr", 0.5, "-epoch", 5)
VECTORS = ("skipgram", "-minn", 0, "-maxn", 0, "-epoch", 5)
TRAFFIC = re.compile(r"Ranks: \d+ sent (.*) in (\d+) rounds an epoch, ([\d.]+) bytes a word; (\d+) % .*, each waited ([\d.]+) s of "
                     r"([\d.]+) s")
RATE = re.compile(r"words/sec/thread:\s*(\d+)")
WORDS = re.compile(r"(\d+) tokens")


class Bench:
    def __init__(self, options):
        self.options = options
        self.work = options.work
        self.work.mkdir(parents=True, exist_ok=True)
        self.train_text, self.test_text = map(self.unpacked, options.classifier)
        self.text = self.cut(self.unpacked(options.text))
        self.runs = []

    def unpacked(self, path):
        if path.suffix != ".xz":
            return path
        text = self.work / f"{path.parent.name}-{path.stem}"
        if not text.exists():
            with lzma.open(path) as packed, open(text, "wb") as target:
                shutil.copyfileobj(packed, target)
        return text

    def cut(self, path):
        if self.options.lines == 0:
            return path
        part = self.work / f"first-{self.options.lines}.txt"
        with open(path, "rb") as text, open(part, "wb") as target:
            target.writelines(line for line, _ in zip(text, range(self.options.lines)))
        return part

    def train(self, row, task, ranks, threads, *more):
        text = self.train_text if task[0] == "supervised" else self.text
        launch = [] if ranks == 1 else [self.options.mpirun, "-q", "--allow-run-as-root", "--oversubscribe", "--bind-to",
                                        "none", "-n", ranks]
        command = [*launch, self.options.wordfire, task[0], "-input", text, "-output", self.work / "model", *task[1:],
                   "-thread", threads, *more]
        begin = time.perf_counter()
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if done.returncode != 0:
            raise measure.Failed(f"exit status {done.returncode}: {command}\n{done.stderr[-500:]}")
        rates = RATE.findall(done.stderr)
        run = {"row": row, "mode": task[0], "ranks": ranks, "threads": threads, "more": list(more),
               "command": list(map(str, command)), "wall_s": round(time.perf_counter() - begin, 2),
               "words_per_second": int(rates[-1]) * ranks * threads if rates else None, "words": int(WORDS.search(done.stderr)[1])}
        if sent := TRAFFIC.search(done.stderr):
            run |= {"sent": sent[1], "rounds": int(sent[2]), "bytes_a_word": float(sent[3]), "hidden_percent": int(sent[4]),
                    "waited_s": float(sent[5]), "training_s": float(sent[6])}
        self.runs.append(run)
        return run

    def classifier_scores(self):
        done = subprocess.run([self.options.wordfire, "test", "--json", self.work / "model.bin", self.test_text],
                              capture_output=True, text=True, check=True)
        return {"p1": json.loads(done.stdout)["precision"]}

    def vector_scores(self):
        tests = SHARED / "eval"
        command = [self.options.wordfire, "evaluate", self.work / "model.vec", "--similarity", tests / "wordsim353.tsv",
                   tests / "men3000.tsv", "--analogies", tests / "questions-words.txt", "--restrict", 30000]
        said = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout
        rho = re.findall(r"(\w+)\.tsv: rho ([\d.-]+)", said)
        scores = {name: float(value) for name, value in rho}
        return scores | {"analogies": float(re.search(r"questions-words\.txt: ([\d.]+) %", said)[1])}

    def quality(self):
        print("| task | ranks | scores | bytes a word |\n|---|---|---|---|")
        for task, scores_of in ((CLASSIFIER, self.classifier_scores), (VECTORS, self.vector_scores)):
            for ranks in self.options.ranks:
                runs = []
                for seed in range(self.options.seeds):
                    run = self.train("quality", task, ranks, 1, "-seed", seed)
                    run["scores"] = scores_of()
                    runs.append(run)
                means = {name: round(mean(run["scores"][name] for run in runs), 4) for name in runs[0]["scores"]}
                said = ", ".join(f"{name} {value}" for name, value in means.items())
                print(f"| {task[0]} | {ranks} | {said} | {runs[-1].get('bytes_a_word', '')} |", flush=True)

    def overhead(self):
        print("| task | one process, 2 threads, s | 2 ranks, s | slower by | 4 ranks, s |\n|---|---|---|---|---|")
        for task in (CLASSIFIER, VECTORS):
            rates = {1: [], 2: [], 4: []}
            for _ in range(self.options.repeats):
                for ranks, of_ranks in rates.items():
                    run = self.train("overhead", task, ranks, 2 if ranks == 1 else 1, "-epoch", self.options.epochs)
                    of_ranks.append(run["words_per_second"])
            one, two, four = (1e9 / measure.median(of_ranks) for of_ranks in rates.values())
            print(f"| {task[0]}, 10^9 words | {one:.1f} | {two:.1f} | {100 * (two / one - 1):.0f} % | {four:.1f} |", flush=True)

    def traffic(self):
        for task in (CLASSIFIER, VECTORS):
            self.train("traffic", task, 2, 1, "-halfTraffic")
        print("| mode | ranks | options | bytes a word | hidden | waited |\n|---|---|---|---|---|---|")
        for run in self.runs:
            if run["ranks"] > 1:
                print(f"| {run['mode']} | {run['ranks']} | {' '.join(map(str, run['more']))} | {run['bytes_a_word']} | "
                      f"{run['hidden_percent']} % | {run['waited_s']} of {run['training_s']} s |", flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordfire", type=Path, required=True)
    parser.add_argument("--mpirun", default="mpirun")
    parser.add_argument("--classifier", type=Path, nargs=2,
                        default=[SHARED / "dbpedia" / f"{part}.txt.xz" for part in ("train", "test")])
    parser.add_argument("--text", type=Path, default=SHARED / "wiki" / "wiki.txt.xz")
    parser.add_argument("--lines", type=int, default=0, help="of the text, at most; 0: all")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=5, help="of --rows overhead")
    parser.add_argument("--rows", nargs="+", choices=ALL_ROWS, default=ALL_ROWS)
    parser.add_argument("--work", type=Path, default=Path("ranks-work"))
    parser.add_argument("--json", type=Path, default=Path("ranks.json"))
    return parser.parse_args()


def main():
    bench = Bench(arguments())
    try:
        for row in bench.options.rows:
            getattr(bench, row)()
    except measure.Failed as failure:
        sys.exit(str(failure))
    finally:
        measure.write_report(bench.options.json, ROOT, {}, bench.runs)


if __name__ == "__main__":
    main()
