"""Whole commands on a GPU, from text to files, beside the same on the CPU and beside fastText. Standard library alone.

usage: whole_commands.py --wordfire PROGRAM --data FOLDER [--train PROGRAM] [--fasttext PROGRAM] [options]

  vectors     word vectors of the Wikipedia text (-dim 100, five epochs): seconds of the command and what the vectors are worth,
              mean over --seeds seeds; a device that reaches MEN 0.66, WS-353 0.65 and analogies 42 % has reached the quality
  stream      the same text through standard input until there are --words words, -dim 128, one epoch: no room on the disk
  classifier  DBpedia --copies times over in one file (16 MB each), -dim 10 -wordNgrams 2, five epochs; precision at 1
  container   the container's program in folders like /opt/ml, `device` auto and cpu: artefacts and log lines, compared

FOLDER is like shared/data: texts.py says which files of it. Results: tables in Markdown on standard output, and everything in
--json. A small --scale takes a part of each text, to try the script.
"""

import argparse
import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from statistics import mean

# In the sources measure.py lies in bench/e2e, in a bundle beside this file.
sys.path.append(str(Path(__file__).resolve().parents[1] / "e2e"))

import measure  # noqa: E402
import texts  # noqa: E402

ALL_ROWS = ("vectors", "stream", "classifier", "container")
WORDS = ("-minn", 0, "-maxn", 0, "-minCount", 5)
CLASSIFIER = ("-dim", 10, "-wordNgrams", 2, "-bucket", 2000000, "-epoch", 5)
WANTED = {"MEN": 0.66, "WS-353": 0.65, "analogies": 0.42}
PROGRESS = re.compile(rb"words/sec/thread:\s*(\d+)")
TRAINED_ON = re.compile(rb"(?m)^.*[Tt]raining on .*$")


class Bench:
    def __init__(self, options):
        self.options = options
        self.work = options.work
        self.work.mkdir(parents=True, exist_ok=True)
        self.texts = texts.all_unpacked(options.data, self.work)
        self.log = self.work / "log.txt"
        self.runs = []

    def text(self, name):
        """A text, or the first --scale of its lines."""
        path = self.texts.get(name)
        if path is None:
            raise measure.Failed(f"{self.options.data}: has no {name}")
        if self.options.scale == 1:
            return path
        part = path.with_suffix(f".{self.options.scale}")
        if not part.exists():
            with open(path, "rb") as lines:
                count = max(1, round(sum(1 for _ in lines) * self.options.scale))
                lines.seek(0)
                part.write_bytes(b"".join(itertools.islice(lines, count)))
        return part

    def measured(self, row, program, command, **more):
        run = {"row": row, "program": program, **more.pop("facts", {}), **measure.run(command, stderr=self.log, **more)}
        log = self.log.read_bytes()
        rates = PROGRESS.findall(log)
        where = TRAINED_ON.search(log)
        run["words_per_second_and_thread"] = int(rates[-1]) if rates else None
        run["trained_on"] = where.group().decode(errors="replace") if where else None
        self.runs.append(run)
        print(f"  {row} {program}: {run['wall_s']:.2f} s, {run['trained_on'] or ''}", file=sys.stderr, flush=True)
        return run

    def train(self, row, mode, device, *arguments, **more):
        output = self.work / f"{row}-{device}"
        command = [self.options.wordfire, mode, "-output", output, "-device", device, "-thread", self.options.threads,
                   *arguments]
        return self.measured(row, device, command, facts={"threads": self.options.threads}, **more), output

    # The rows.

    def vectors(self):
        text = self.text("wiki/wiki.txt")
        for seed in range(1, self.options.seeds + 1):
            for device in self.options.devices:
                run, output = self.train("vectors", "skipgram", device, "-input", text, "-dim", 100, "-epoch", 5, "-lr", 0.05,
                                         "-seed", seed, *WORDS)
                run["scores"] = self.scores(f"{output}.bin")

    def scores(self, model):
        command = [self.options.wordfire, "evaluate", model, "--similarity", self.texts["eval/men3000.tsv"],
                   self.texts["eval/wordsim353.tsv"], "--analogies", self.texts["eval/questions-words.txt"], "--restrict", 30000]
        printed = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout
        return scores_in(printed)

    def stream(self):
        text = self.text("wiki/wiki.txt")
        with open(text, "rb") as lines:
            tokens = sum(len(line.split()) for line in lines)
        times = max(1, -(-int(self.options.words) // tokens))
        for device in self.options.devices:
            run, _ = self.train("stream", "skipgram", device, "-input", "-", "-dim", 128, "-epoch", 1, "-lr", 0.05, *WORDS,
                                stdin=[text] * times)
            run["tokens"] = tokens * times

    def classifier(self):
        text = self.repeated("dbpedia/train.txt", self.options.copies)
        arguments = ("-lr", self.options.lr, *CLASSIFIER)
        for seed in range(1, self.options.seeds + 1):
            for device in self.options.devices:
                run, output = self.train("classifier", "supervised", device, "-input", text, "-seed", seed, *arguments)
                run["precision"] = self.precision(f"{output}.bin")
        if self.options.fasttext:
            output = self.work / "classifier-fasttext"
            run = self.measured("classifier", "fastText", [self.options.fasttext, "supervised", "-input", text, "-output",
                                                           output, "-thread", self.options.threads, *arguments],
                                facts={"threads": self.options.threads})
            run["precision"] = self.precision(f"{output}.bin")

    def repeated(self, name, copies):
        source = self.text(name)
        path = self.work / f"{source.name}-{copies}"
        if not path.exists():
            data = source.read_bytes()
            with open(path, "wb") as file:
                for _ in range(copies):
                    file.write(data)
        return path

    def precision(self, model):
        command = [self.options.wordfire, "test", model, self.texts["dbpedia/test.txt"]]
        printed = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout
        return float(re.search(r"P@1\s+([0-9.]+)", printed).group(1))

    def container(self):
        if not self.options.train:
            raise measure.Failed("the row container wants --train PROGRAM")
        for device in ("auto", "cpu"):
            base = self.work / f"ml-{device}"
            self.lay_folders(base, device)
            log = self.work / f"container-{device}.log"
            run = {"row": "container", "program": device, "artefacts": None,
                   **measure.run([self.options.train], stdout=log, stderr=self.work / f"container-{device}.err",
                                 env={**os.environ, "SAGEMAKER_BASE_DIR": str(base)})}
            lines = log.read_text(errors="replace") + (self.work / f"container-{device}.err").read_text(errors="replace")
            run["artefacts"] = sorted(path.name for path in (base / "model").iterdir())
            run["shapes"] = sorted({shape_of(line) for line in lines.splitlines() if line.strip()})
            self.runs.append(run)

    def lay_folders(self, base, device):
        for folder in ("input/config", "input/data/train", "input/data/validation", "model", "output"):
            (base / folder).mkdir(parents=True, exist_ok=True)
        for path in (base / "model").iterdir():
            path.unlink()
        values = {"mode": "supervised", "vector_dim": "10", "word_ngrams": "2", "epochs": "5", "seed": "1"}
        if device != "auto":
            values["device"] = device
        (base / "input/config/hyperparameters.json").write_text(json.dumps(values))
        (base / "input/config/inputdataconfig.json").write_text("{}")
        (base / "input/config/resourceconfig.json").write_text('{"current_host": "algo-1", "hosts": ["algo-1"]}')
        for channel, name in (("train", "dbpedia/train.txt"), ("validation", "dbpedia/test.txt")):
            link = base / "input/data" / channel / "text"
            link.unlink(missing_ok=True)
            link.symlink_to(self.text(name).resolve())


def scores_in(printed):
    """Of what `wordfire evaluate` prints."""
    rho = dict(re.findall(r"(?m)^(?:.*/)?(\S+\.tsv): rho (-?[0-9.]+)", printed))
    share = re.search(r"questions-words\.txt: .*?([0-9.]+) %", printed)
    return {"MEN": float(rho["men3000.tsv"]), "WS-353": float(rho["wordsim353.tsv"]), "analogies": float(share.group(1)) / 100}


def shape_of(line):
    """A log line without what differs from run to run."""
    return re.sub(r"ml-(auto|cpu)", "ml", re.sub(r"-?\d+(\.\d+)?(e-?\d+)?", "#", line)).strip()


def seconds_of(runs):
    return measure.median([run["wall_s"] for run in runs])


def grouped(runs, row):
    groups = {}
    for run in runs:
        if run["row"] == row:
            groups.setdefault(run["program"], []).append(run)
    return groups


def times_as_fast(groups, program):
    """How many times as fast the GPU is."""
    if "cuda" not in groups or program == "cuda":
        return ""
    return f"{seconds_of(groups[program]) / seconds_of(groups['cuda']):.2f}"


def vectors_table(runs, threads):
    yield f"| device | s of the command | GPU so many times as fast | {' | '.join(WANTED)} | reaches the quality |"
    yield "|---|---|---|---|---|---|---|"
    groups = grouped(runs, "vectors")
    for device, group in groups.items():
        scores = {name: mean(run["scores"][name] for run in group) for name in WANTED}
        reached = all(scores[name] >= wanted for name, wanted in WANTED.items())
        yield (f"| {named(device, threads)} | {seconds_of(group):.2f} | {times_as_fast(groups, device)} | {scores['MEN']:.4f} |"
               f" {scores['WS-353']:.4f} | {100 * scores['analogies']:.1f} % | {'yes' if reached else 'no'} |")


def stream_table(runs, threads):
    yield "| device | tokens | s of the command | M tokens/s of the command | GPU so many times as fast |"
    yield "|---|---|---|---|---|"
    groups = grouped(runs, "stream")
    for device, group in groups.items():
        tokens = group[0]["tokens"]
        yield (f"| {named(device, threads)} | {tokens:,} | {seconds_of(group):.2f} | {tokens / seconds_of(group) / 1e6:.1f} |"
               f" {times_as_fast(groups, device)} |")


def classifier_table(runs, threads):
    yield "| program | s of the command | GPU so many times as fast | P@1 | runs |"
    yield "|---|---|---|---|---|"
    groups = grouped(runs, "classifier")
    for program, group in groups.items():
        yield (f"| {named(program, threads)} | {seconds_of(group):.2f} | {times_as_fast(groups, program)} |"
               f" {mean(run['precision'] for run in group):.4f} | {len(group)} |")


def container_table(runs, _):
    groups = grouped(runs, "container")
    yield "| device | s of the job | artefacts |"
    yield "|---|---|---|"
    for device, (run,) in groups.items():
        yield f"| {device} | {run['wall_s']:.2f} | {', '.join(run['artefacts'])} |"
    shapes = {device: set(run["shapes"]) for device, (run,) in groups.items()}
    same = groups["auto"][0]["artefacts"] == groups["cpu"][0]["artefacts"]
    yield f"\nArtefacts: {'the same names' if same else 'DIFFERENT'}. Log lines that only one has, numbers as #:\n"
    for device, other in (("auto", "cpu"), ("cpu", "auto")):
        yield from (f"    {device}: {shape}" for shape in sorted(shapes[device] - shapes[other]))


TABLES = {"vectors": vectors_table, "stream": stream_table, "classifier": classifier_table, "container": container_table}


def named(program, threads):
    return {"cuda": "GPU", "cpu": f"CPU, {threads} threads"}.get(program, f"{program}, {threads} threads")


def gpu():
    try:
        asked = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
        return subprocess.run(asked, capture_output=True, text=True).stdout.strip() or None
    except FileNotFoundError:
        return None


def program(path):
    return Path(path).resolve()


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordfire", type=program, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--train", type=program, help="the container's program")
    parser.add_argument("--fasttext", type=program)
    parser.add_argument("--rows", nargs="+", choices=ALL_ROWS, default=ALL_ROWS)
    parser.add_argument("--devices", nargs="+", default=["cuda", "cpu"], help="of -device; \"cpu\" alone where there is no GPU")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--copies", type=int, default=100)
    parser.add_argument("--words", type=float, default=1e9)
    parser.add_argument("--lr", type=float, default=0.1, help="of the classifier")
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--work", type=Path, default=Path("gpu-bench"), help="folder for texts and models (4 GB)")
    parser.add_argument("--json", type=Path, default=Path("whole_commands.json"))
    return parser.parse_args()


def main():
    options = parsed()
    bench = Bench(options)
    failed = []
    for row in options.rows:
        try:
            getattr(bench, row)()
            print(f"\n{row}:\n", *TABLES[row](bench.runs, options.threads), sep="\n", flush=True)
        except (measure.Failed, subprocess.CalledProcessError, OSError) as failure:
            failed.append(row)
            print(f"\n{row}: FAILED: {failure}", flush=True)
            if bench.log.exists():
                print(bench.log.read_text(errors="replace")[-2000:], file=sys.stderr)
    peers = {"fastText": options.fasttext} if options.fasttext else {}
    measure.write_report(options.json, Path(__file__).resolve().parents[2], peers, bench.runs, gpu=gpu())
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
