"""BlazingText's DBpedia notebook job in our container program, against fastText with the same settings.

usage: notebook_job.py --train PROGRAM --fasttext [NAME=]PROGRAM [--seeds N] [--work FOLDER] [--json FILE]

The folders are those of a SageMaker job (SAGEMAKER_BASE_DIR). For each seed: the throughput and the validation accuracy that
the job's log gives, the precision at 1 that fastText finds in the model, and that of a model of its own (twelve threads, all
epochs, no early stopping, which it does not have). The published accuracy, 0.9766, is for twice the rows, with titles.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import measure

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "parity"))

import data  # noqa: E402
from notebook import FASTTEXT_NOTEBOOK, NOTEBOOK  # noqa: E402


def lay_folders(base, seed, data_set):
    for folder in ("input/config", "input/data/train", "input/data/validation", "model", "output"):
        (base / folder).mkdir(parents=True, exist_ok=True)
    config = base / "input/config"
    hyperparameters = {key: str(value) for key, value in {**NOTEBOOK, "seed": seed}.items()}
    (config / "hyperparameters.json").write_text(json.dumps(hyperparameters))
    (config / "inputdataconfig.json").write_text("{}")
    (config / "resourceconfig.json").write_text('{"current_host": "algo-1", "hosts": ["algo-1"]}')
    for channel, path in (("train", data_set.train), ("validation", data_set.test)):
        link = base / "input/data" / channel / "text"
        link.unlink(missing_ok=True)
        link.symlink_to(path.resolve())


def last_number(log, expression):
    return float(re.findall(expression, log)[-1])


def precision(fasttext, model, test):
    printed = subprocess.run([fasttext, "test", model, test], capture_output=True, text=True, check=True).stdout
    return last_number(printed, r"P@1\s+([0-9.]+)")


def run_job(options, seed, data_set, peer):
    base = options.work / "ml"
    lay_folders(base, seed, data_set)
    job = subprocess.run([options.train], env={**os.environ, "SAGEMAKER_BASE_DIR": str(base)}, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if job.returncode != 0:
        raise measure.Failed(job.stdout)
    return {"seed": seed, "million_words_per_s": last_number(job.stdout, r"Average throughput in Million words/sec: ([0-9.]+)"),
            "validation_accuracy": last_number(job.stdout, r"#validation_accuracy: ([0-9.]+)"),
            "precision_by_fasttext": precision(peer, base / "model/model.bin", data_set.test)}


def run_peer(options, seed, data_set, peer):
    model = options.work / "fasttext"
    cost = measure.run([peer, "supervised", "-input", data_set.train, "-output", model, *FASTTEXT_NOTEBOOK,
                        "-thread", 12, "-seed", seed])
    return {"fasttext_wall_s": cost["wall_s"], "fasttext_precision": precision(peer, f"{model}.bin", data_set.test)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--fasttext", required=True)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--work", type=Path, default=Path("notebook-job"))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    name, peer = measure.named(options.fasttext)
    data_set = data.single_label()
    runs = [{**run_job(options, seed, data_set, peer), **run_peer(options, seed, data_set, peer)}
            for seed in range(1, options.seeds + 1)]
    for run in runs:
        print(json.dumps(run))
    for key in ("million_words_per_s", "validation_accuracy", "precision_by_fasttext", "fasttext_precision"):
        values = [run[key] for run in runs]
        print(f"{key}: mean {sum(values) / len(values):.4f}, median {measure.median(values):.4f}")
    if options.json:
        measure.write_report(options.json, ROOT, {name: peer}, runs, data=data_set.name)


if __name__ == "__main__":
    main()
