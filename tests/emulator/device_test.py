"""The programs on a GPU that is emulated (gpu_model.h): they train there, as well as on the CPU, and end as there.

usage: WORDFIRE_TRAIN=PATH-OF-TRAIN device_test.py PATH-OF-WORDFIRE
Both are linked with the emulated CUDA runtime."""

import csv
import json
import math
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import program  # noqa: E402

MPIRUN = os.environ.get("WORDFIRE_MPIRUN")
ON_GPU = r"(?m)^Training on emulated GPU \(\d GiB, compute 9\.0\)$"
# Two kinds of words that keep company with their own kind alone.
KINDS = [[f"{kind}{i}" for i in range(12)] for kind in ("sea", "land")]


def machine(**numbers):
    """The environment of a machine with such GPUs; without numbers: with one."""
    words = " ".join(f"{name}={number}" for name, number in numbers.items())
    return {**os.environ, "WORDFIRE_EMULATED_GPU": words}


class GpuCase(program.Case):
    def options(self, verb, *more, name="model"):
        return (verb, "-input", self.text, "-output", self.folder / name, "-dim", 8, "-thread", 2, *more)

    def train_on(self, device, verb, *more, name="model", env=None):
        """The log; -device comes last."""
        done = self.run_program(*self.options(verb, *more, name=name), "-verbose", 1, "-device", device,
                                env=env or machine())
        self.assertEqual(done.returncode, program.SUCCESS, done.stderr)
        return done.stderr.decode()

    def last_loss(self, log):
        return float(re.findall(r"avg\.loss: +(\d+\.\d+)", log)[-1])

    def scores(self, name="model"):
        return self.succeed("test", self.folder / f"{name}.bin", self.text)


class Classifier(GpuCase):
    def check_as_good_as_the_cpu(self, *more):
        logs = {device: self.train_on(device, "supervised", "-epoch", 5, *more, name=device) for device in ("cuda", "cpu")}
        self.assertRegex(logs["cuda"], ON_GPU)
        self.assertNotIn("GPU", logs["cpu"])
        self.assertAlmostEqual(self.last_loss(logs["cuda"]), self.last_loss(logs["cpu"]), delta=0.05)
        self.assertEqual(self.scores("cuda"), self.scores("cpu"))

    def test_softmax_is_as_good_as_on_the_cpu(self):
        self.check_as_good_as_the_cpu("-lr", 0.5)

    def test_character_and_word_ngrams_are(self):
        self.check_as_good_as_the_cpu("-lr", 0.5, "-minn", 2, "-maxn", 3, "-wordNgrams", 2, "-bucket", 500, "-loss", "ova")

    def test_an_older_gpu_trains_too(self):
        log = self.train_on("cuda", "supervised", "-epoch", 2, env=machine(compute=75))
        self.assertIn("compute 7.5", log)

    def test_auto_takes_the_gpu(self):
        self.assertRegex(self.train_on("auto", "supervised", "-epoch", 1), ON_GPU)

    def test_what_kernels_do_is_counted(self):
        counts = self.folder / "counts.tsv"
        self.train_on("cuda", "supervised", "-epoch", 1, env=machine(seed=0, counts=counts))
        with counts.open() as file:
            rows = {row.pop("kernel"): row for row in csv.DictReader(file, delimiter="\t")}
        trained = [row for kernel, row in rows.items() if "train_text_lines" in kernel]
        self.assertEqual(len(trained), 1)
        self.assertGreater(int(trained[0]["instructions"]), int(trained[0]["float_instructions"]))
        # A line moves two rows of labels and some of words: eight floats, one sector.
        lines = len(self.text.read_text().splitlines())
        self.assertGreater(int(trained[0]["atomic_sectors"]), 3 * lines)

    def test_gpus_are_chosen_by_number(self):
        self.assertRegex(self.train_on("cuda:1", "supervised", "-epoch", 1, env=machine(gpus=2)), ON_GPU)
        message = self.fail_with(program.USAGE, *self.options("supervised"), "-device", "cuda:2", env=machine(gpus=2))
        self.assertIn("there is no GPU 2; there are 2", message)

    def test_validation_stops_the_run_early(self):
        log = self.train_on("cuda", "supervised", "-epoch", 30, "-lr", 1, "-validation", self.text, "-earlyStopping",
                            "-patience", 2)
        self.assertRegex(log, r"Epoch 1: validation P@1 [01]\.\d{4}")
        self.assertLess(len(re.findall(r"Epoch \d+: validation", log)), 30)


class WordVectors(GpuCase):
    @property
    def text(self):
        rng = random.Random(1)
        lines = (" ".join(rng.choice(KINDS[i % 2]) for _ in range(10)) for i in range(300))
        return program.shared_file("company.txt", lambda path: path.write_text("\n".join(lines) + "\n"))

    def separation(self, name):
        """How much closer words are to their own kind than to the other, at most 2."""
        lines = (self.folder / f"{name}.vec").read_text().splitlines()[1:]
        vectors = {word: list(map(float, values)) for word, *values in (line.split() for line in lines)}

        def cosine(a, b):
            a, b = vectors[a], vectors[b]
            return sum(x * y for x, y in zip(a, b)) / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))

        def mean(pairs):
            cosines = [cosine(a, b) for a, b in pairs if a != b]
            return sum(cosines) / len(cosines)
        same = mean([(a, b) for kind in KINDS for a in kind for b in kind])
        return same - mean([(a, b) for a in KINDS[0] for b in KINDS[1]])

    def check_as_good_as_the_cpu(self, verb, *more):
        for device in ("cuda", "cpu"):
            log = self.train_on(device, verb, "-t", 1, "-epoch", 5, "-thread", 1, *more, name=device)
            self.assertEqual(re.search(ON_GPU, log) is not None, device == "cuda", log)
        on_gpu, on_cpu = self.separation("cuda"), self.separation("cpu")
        self.assertGreater(on_cpu, 0.5)
        self.assertAlmostEqual(on_gpu, on_cpu, delta=0.05)  # the same draws

    def test_skipgram_is_as_good_as_on_the_cpu(self):
        self.check_as_good_as_the_cpu("skipgram", "-maxn", 0, "-lr", 0.2)

    def test_cbow_is(self):
        self.check_as_good_as_the_cpu("cbow", "-maxn", 0, "-lr", 0.4)

    def test_subwords_are(self):
        self.check_as_good_as_the_cpu("skipgram", "-minn", 3, "-maxn", 4, "-bucket", 500, "-lr", 0.05)

    def test_batch_skipgram_is(self):
        self.check_as_good_as_the_cpu("batch-skipgram", "-maxn", 0, "-lr", 0.2)

    def test_a_run_that_diverges_ends_as_on_the_cpu(self):
        said = {}
        for device in ("cuda", "cpu"):
            done = self.run_program(*self.options("skipgram", "-lr", 1000, "-epoch", 50, "-verbose", 0, "-device", device),
                                    env=machine())
            self.assertIn(b"diverged", done.stderr)
            said[device] = done.returncode
        self.assertEqual(said["cuda"], said["cpu"])

    def test_what_no_gpu_does_goes_to_the_cpu(self):
        self.assertNotIn("Training on emulated GPU", self.train_on("auto", "skipgram", "-loss", "hs", "-epoch", 1))
        message = self.fail_with(program.USAGE, *self.options("skipgram", "-loss", "hs", "-device", "cuda"), env=machine())
        self.assertIn("option -device", message)


class LittleMemory(GpuCase):
    SMALL = machine(memory_mib=64)

    def test_auto_warns_and_trains_on_the_cpu(self):
        log = self.train_on("auto", "supervised", "-epoch", 1, env=self.SMALL)
        self.assertRegex(log, r"warning: no GPU trains: GPU 0, emulated GPU: training needs \d+ MiB of its memory "
                              r".*; training on the CPU with 2 threads\n")

    def test_a_gpu_by_name_refuses_with_what_it_wants(self):
        message = self.fail_with(program.USAGE, *self.options("supervised", "-device", "cuda"), env=self.SMALL)
        self.assertIn("64 MiB are free; lower -dim or -bucket, raise -minCount, or choose -device cpu", message)


class Stopped(GpuCase):
    def start(self, *more, device="cuda"):
        command = [self.program, *self.options("supervised", "-epoch", 10000, *more), "-device", device]
        process = subprocess.Popen(list(map(str, command)), stderr=subprocess.PIPE, env=machine())
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def stop(self, process, number, said_first=b"Progress"):
        said = b""
        while said_first not in said:
            part = os.read(process.stderr.fileno(), 4096)
            self.assertTrue(part, said)
            said += part
        process.send_signal(number)
        begin = time.monotonic()
        said += process.communicate(timeout=program.SECONDS)[1]
        self.assertLess(time.monotonic() - begin, 30)
        return process.returncode, said.decode()

    def test_a_signal_ends_a_run_as_it_does_on_the_cpu(self):
        ended = {}
        for device in ("cuda", "cpu"):
            status, said = self.stop(self.start(device=device), signal.SIGINT)
            ended[device] = status, said.rstrip("\n").rsplit("\n", 1)[-1]
            self.assertFalse((self.folder / "model.bin").exists())
        self.assertEqual(ended["cuda"], ended["cpu"])
        self.assertEqual(ended["cuda"][0], 128 + signal.SIGINT)

    def test_a_stopped_run_goes_on_from_its_checkpoint(self):
        keep = ("-checkpointDir", self.folder / "checkpoints", "-resume")
        status, _ = self.stop(self.start(*keep), signal.SIGTERM, b"Checkpoint")
        self.assertEqual(status, 128 + signal.SIGTERM)
        saved = [path.name for path in (self.folder / "checkpoints").iterdir()]
        self.assertTrue(saved)
        process = self.start(*keep)
        status, said = self.stop(process, signal.SIGTERM, b"Training goes on from ")
        self.assertEqual(status, 128 + signal.SIGTERM, said)
        self.assertRegex(said, ON_GPU)


class Failing(GpuCase):
    """Any call of CUDA may fail: the run then ends with one of our exit statuses, or goes on."""

    LEAK = 23  # what could not be given back is one

    def check_call(self, how, number, *arguments):
        """Whether there was such a call."""
        done = self.run_program(*arguments, "-device", "cuda", env=machine(**{how: number}))
        said = done.stderr.decode()
        self.assertIn(done.returncode, (program.SUCCESS, program.USAGE, program.INTERNAL, self.LEAK), said)
        if done.returncode in (program.USAGE, program.INTERNAL):
            self.assertRegex(said, r"(?m)^wordfire: .*(GPU|cuda)")
        return f"call {number}, " in said

    def check_calls(self, step, *arguments):
        for how in ("fail_at", "refuse_at"):
            number = 1
            while self.check_call(how, number, *arguments):
                number += step
            self.assertGreater(number, 50)

    def test_a_classifier_ends_well_wherever_a_call_fails(self):
        self.check_calls(4, *self.options("supervised", "-epoch", 1))

    def test_word_vectors_do(self):
        self.check_calls(7, *self.options("skipgram", "-epoch", 1, "-maxn", 0, "-neg", 1, "-ws", 1, "-t", 0.001))

    def test_one_that_fails_before_training_leaves_it_to_the_cpu(self):
        passed_on = 0
        for number in range(21, 33):
            with self.subTest(number=number):
                done = self.run_program(*self.options("supervised", "-epoch", 1, "-device", "auto"), env=machine(refuse_at=number))
                self.assertEqual(done.returncode, program.SUCCESS, done.stderr)
                passed_on += b"no GPU trains: the GPU failed: cuda" in done.stderr
        self.assertGreater(passed_on, 6)

    def test_a_gpu_that_does_not_say_what_it_is_is_not_used(self):
        for number in 3, 5:
            with self.subTest(number=number):
                message = self.fail_with(program.USAGE, *self.options("skipgram", "-device", "cuda"),
                                         env=machine(refuse_at=number))
                self.assertIn("GPU 0, emulated GPU, cannot be used: it does not say what it is", message)


@unittest.skipUnless(MPIRUN, "this build has no MPI")
class Ranks(GpuCase):
    def train_ranks(self, gpus, *arguments):
        """The log, and the most bytes of each GPU that were taken at once."""
        ledger = self.folder / "ledger"
        command = [MPIRUN, "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "--mca", "btl_tcp_if_include", "lo",
                   "--mca", "oob_tcp_if_include", "lo", "-q", "-n", "2", self.program, *arguments, "-device", "cuda"]
        done = subprocess.run(list(map(str, command)), env=machine(gpus=gpus, ledger=ledger), stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, timeout=program.SECONDS, start_new_session=True)
        self.assertEqual(done.returncode, program.SUCCESS, done.stderr)
        uses = struct.iter_unpack("qq", ledger.read_bytes())
        left, most = zip(*list(uses)[:gpus])
        self.assertEqual(left, (0,) * gpus)
        return done.stderr.decode(), most

    def check_ranks(self, gpus):
        log, most = self.train_ranks(gpus, *self.options("supervised", "-epoch", 5, "-lr", 0.5, "-thread", 1))
        self.assertRegex(log, ON_GPU)
        self.assertTrue(all(most), most)
        self.train_on("cpu", "supervised", "-epoch", 5, "-lr", 0.5, name="cpu")
        self.assertEqual(self.scores(), self.scores("cpu"))

    def test_two_share_a_gpu(self):
        self.check_ranks(1)

    def test_two_have_one_each(self):
        self.check_ranks(2)


class Container(program.Case):
    def run_job(self, **parameters):
        self.base = base = self.folder / "ml"
        (base / "input/config").mkdir(parents=True)
        (base / "input/data/train").mkdir(parents=True)
        (base / "input/data/train/a.txt").write_bytes(self.text.read_bytes())
        (base / "input/config/hyperparameters.json").write_text(json.dumps(parameters))
        done = subprocess.run([os.environ["WORDFIRE_TRAIN"]], env={**machine(), "SAGEMAKER_BASE_DIR": str(base)},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=program.SECONDS)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout.decode()

    def artefacts(self):
        return sorted(path.name for path in (self.base / "model").iterdir())

    def check_job(self, **parameters):
        log = self.run_job(device="auto", vector_dim="8", epochs="2", min_count="1", **parameters)
        self.assertRegex(log, r"INFO \d+\] nvidia-smi took: \d+\.\d+ secs to identify 1 gpus\n")
        self.assertRegex(log, r"INFO \d+\] Running single machine GPU BlazingText training using " + parameters["mode"])
        self.assertRegex(log, r"INFO \d+\] Training on emulated GPU \(\d GiB, compute 9\.0\)\n")
        artefacts = self.artefacts()
        shutil.rmtree(self.base)
        self.run_job(device="cpu", vector_dim="8", epochs="2", min_count="1", **parameters)
        self.assertEqual(self.artefacts(), artefacts)

    def test_a_classifier_trains_on_the_gpu(self):
        self.check_job(mode="supervised", buckets="1000")

    def test_word_vectors_train_on_the_gpu(self):
        self.check_job(mode="skipgram")

    def test_batch_skipgram_does(self):
        self.check_job(mode="batch_skipgram")


if __name__ == "__main__":
    program.main()
