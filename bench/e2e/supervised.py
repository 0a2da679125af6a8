"""The text classifier against fastText: whole commands on the same real data, one at a time and in turn.

usage: supervised.py --wordfire PROGRAM --fasttext [NAME=]PROGRAM [[NAME=]PROGRAM ...] [options]

What it shows, each as the median of --repeats runs, for every program in turn:
  train          DBpedia's training file ten times over, -dim 10 -wordNgrams 2 -bucket 2000000 -epoch 5 -lr 0.5, from text to
                 .bin and .vec, with each of --threads; precision at 1 of what came out
  quality        fastText with its twelve threads (with fewer, part of its rows start at zero)
  deterministic  Wordfire's deterministic mode with 1, 2, 4 and 8 threads, and whether the files are equal
  load           predict of one line with a .bin of 400 MB
  predict        60,000 lines with one thread
Nothing is cached between runs but what the kernel keeps of files; --cold drops that too and wants root. fastText's two builds
come of its source package (pip download --no-deps --no-binary :all: fasttext), src/*.cc with -pthread -std=c++17
-march=native -O3 -funroll-loops, and the same with -Ofast. Results: a table on standard output, and everything in --json.
"""

import argparse
import itertools
import subprocess
import sys
from pathlib import Path

import measure

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "parity"))

import data  # noqa: E402

TRAINING = ("-dim", "10", "-wordNgrams", "2", "-bucket", "2000000", "-epoch", "5", "-lr", "0.5")
LARGE = ("-dim", "100", "-wordNgrams", "2", "-bucket", "850000", "-epoch", "1", "-lr", "0.5")
PREDICT_LINES = 60000
TEST_LINES = 6000  # taken of the test file, ten times over
ALL_ROWS = ("train", "quality", "deterministic", "load", "predict")
DETERMINISTIC_THREADS = (1, 2, 4, 8)


class Bench:
    def __init__(self, options):
        self.options = options
        self.ours = options.wordfire
        self.peers = dict(measure.named(program) for program in options.fasttext)
        self.programs = {"Wordfire": self.ours, **self.peers}
        self.work = options.work
        self.work.mkdir(parents=True, exist_ok=True)
        self.data_set = data.single_label()
        self.runs = []

    def repeated(self, name, source, copies, lines=None):
        """`source` so many times over, in a file; the first `lines` lines of that. Holds one line at a time in memory."""
        path = self.work / name
        with open(path, "wb") as target:
            for _ in range(copies):
                with open(source, "rb") as text:
                    target.writelines(text if lines is None else itertools.islice(text, lines))
        return path

    def measured(self, row, program, command, threads=None, **streams):
        if self.options.cold:
            measure.drop_page_cache()
        run = {"row": row, "program": program, "threads": threads, **measure.run(command, **streams)}
        self.runs.append(run)
        print(f"  {row} {program} {threads or ''}: {run['wall_s']:.3f} s wall, {run['user_s']:.2f} s user,"
              f" {run['peak_mib']:.0f} MiB, load {run['load_before']}", file=sys.stderr, flush=True)
        return run

    def trained(self, row, program, threads, *more):
        """One training run: files removed before, precision measured after."""
        output = self.work / f"model-{program}"
        for suffix in (".bin", ".vec", ".manifest.json"):
            Path(f"{output}{suffix}").unlink(missing_ok=True)
        text = self.repeated("train.txt", self.data_set.train, self.options.copies)
        command = [self.programs[program], "supervised", "-input", text, "-output", output, "-thread", threads, *TRAINING,
                   *more]
        run = self.measured(row, program, command, threads)
        run["precision_at_1"] = self.precision(program, f"{output}.bin")
        return run, output

    def precision(self, program, model):
        """Share of the test lines whose best label is right; `test` prints three digits alone."""
        command = [self.programs[program], "predict", model, self.data_set.test]
        predicted = subprocess.run(list(map(str, command)), capture_output=True, check=True).stdout.split(b"\n")
        truth = self.data_set.test.read_bytes().split(b"\n")
        hits = [best in line.split(b" ") for best, line in zip(predicted, truth) if best]
        return round(sum(hits) / len(hits), 5)

    def train(self):
        for threads in self.options.threads:
            for _ in range(self.options.repeats):
                for program in self.programs:
                    self.trained("train", program, threads)

    def quality(self):
        for _ in range(self.options.repeats):
            self.trained("quality", next(iter(self.peers)), 12)

    def deterministic(self):
        for _ in range(self.options.repeats):
            for threads in DETERMINISTIC_THREADS:
                run, output = self.trained("deterministic", "Wordfire", threads, "-deterministic")
                run["sha256"] = {suffix: measure.sha256(f"{output}{suffix}") for suffix in (".bin", ".vec")}

    def load(self):
        model = self.work / "large.bin"
        if not model.exists():
            peer = next(iter(self.peers.values()))
            text = self.repeated("train-once.txt", self.data_set.train, 1)
            measure.run([peer, "supervised", "-input", text, "-output", model.with_suffix(""), "-thread", "2", *LARGE])
        line = self.repeated("one-line.txt", self.data_set.test, 1, lines=1)
        for _ in range(self.options.repeats):
            for program, path in self.programs.items():
                run = self.measured("load", program, [path, "predict", model, "-"], 1, stdin=line)
                run["model_mb"] = round(model.stat().st_size / 1e6)

    def predict(self):
        peer = next(iter(self.peers))
        model = self.work / f"model-{peer}.bin"
        if not model.exists():
            self.trained("predict: its model", peer, 2)
        text = self.repeated("predict.txt", self.data_set.test, PREDICT_LINES // TEST_LINES, TEST_LINES)
        for _ in range(self.options.repeats):
            for program, path in self.programs.items():
                threads = ["-thread", "1"] if path == self.ours else []
                output = self.work / f"predicted-{program}.txt"
                run = self.measured("predict", program, [path, "predict", *threads, model, text], 1, stdout=output)
                run["sha256"] = measure.sha256(output)


def grouped(runs):
    groups = {}
    for run in runs:
        groups.setdefault((run["row"], run["threads"], run["program"]), []).append(run)
    return groups


def table(runs, peers):
    """Markdown: a line for each row, thread count and program."""
    groups = grouped(runs)
    walls = {key: measure.median([run["wall_s"] for run in group]) for key, group in groups.items()}
    lines = ["| what | threads | program | wall s (median) | best | user + system s | peak MiB | P@1 | times as fast |",
             "|---|---|---|---|---|---|---|---|---|"]
    for (row, threads, program), group in groups.items():
        against = [walls[key] for key in walls if key[:2] == (row, threads) and key[2] in peers]
        ratio = f"{min(against) / walls[row, threads, program]:.2f}" if against else ""
        cpu = measure.median([run["user_s"] + run["system_s"] for run in group])
        precision = [run["precision_at_1"] for run in group if "precision_at_1" in run]
        lines.append(f"| {row} | {threads} | {program} | {walls[row, threads, program]:.3f} |"
                     f" {min(run['wall_s'] for run in group):.3f} | {cpu:.2f} |"
                     f" {max(run['peak_mib'] for run in group):.0f} |"
                     f" {f'{sum(precision) / len(precision):.4f}' if precision else ''} | {ratio} |")
    return "\n".join(lines)


def deterministic_findings(runs):
    """Whether all deterministic runs wrote the same bytes, and what that costs."""
    sums = {tuple(sorted(run["sha256"].items())) for run in runs if run["row"] == "deterministic"}
    walls = {key[:2]: measure.median([run["wall_s"] for run in group]) for key, group in grouped(runs).items()
             if key[2] == "Wordfire"}
    if sums:
        yield f"deterministic files: {'equal' if len(sums) == 1 else 'DIFFERENT'}"
    if ("deterministic", 1) in walls and ("deterministic", 2) in walls:
        yield f"two deterministic threads: {walls['deterministic', 1] / walls['deterministic', 2]:.2f} times as fast as one"
    for row, threads in walls:
        if row == "train" and ("deterministic", threads) in walls:
            yield (f"deterministic with {threads} threads: {walls[row, threads] / walls['deterministic', threads]:.2f} of"
                   " the free mode's speed")


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordfire", type=Path, required=True)
    parser.add_argument("--fasttext", nargs="+", required=True)
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--rows", nargs="+", choices=ALL_ROWS, default=ALL_ROWS)
    parser.add_argument("--copies", type=int, default=10, help="how often the training file is repeated")
    parser.add_argument("--work", type=Path, default=Path("bench-e2e"), help="folder for texts and models (4 GB)")
    parser.add_argument("--json", type=Path, default=Path("supervised.json"))
    parser.add_argument("--cold", action="store_true", help="drop the kernel's cache of files before each run")
    return parser.parse_args()


def main():
    options = parsed()
    bench = Bench(options)
    for row in options.rows:
        getattr(bench, row)()
    measure.write_report(options.json, ROOT, bench.peers, bench.runs, data=data.described_source(), cold=options.cold)
    print(table(bench.runs, bench.peers))
    print("", *deterministic_findings(bench.runs), sep="\n")


if __name__ == "__main__":
    main()
