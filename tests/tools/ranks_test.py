"""Training on several ranks, which mpirun starts on this machine: what they write, and how they end when something is
wrong. WORDFIRE_MPIRUN is the path of mpirun, WORDFIRE_LEAVING_SHIM that of the library of leaving_shim.cc."""

import os
import random
import re
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

import program

MPIRUN = None
# All ranks end within this time, whatever has happened to one of them. More where they must share processors with other work.
SECONDS_TO_END = 60 * max(1.0, os.getloadavg()[0] / os.cpu_count())
# From here on a rank that hangs is known to: kLongestSilence and kLongestStep of src/dist/communicator.h.
SILENCE = 30
LONGEST_STEP = 40
# Until ranks that are started have come as far as is waited for.
SECONDS_TO_START = 300

# Holds the main thread of a process, and no other of its threads, until the process ends.
HOLD_MAIN_THREAD = """
import ctypes, os, sys
process, of_thread = int(sys.argv[1]), 1 << 30
trace = ctypes.CDLL(None, use_errno=True).ptrace
trace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
for request in 0x4206, 0x4207:  # seize, interrupt
    if trace(request, process, None, None) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
os.waitpid(process, of_thread)
print("held", flush=True)
while os.WIFSTOPPED(os.waitpid(process, of_thread)[1]):
    pass
"""


class RankCase(program.Case):
    def setUp(self):
        super().setUp()
        self.lines = self.folder / "train.txt"
        self.lines.write_bytes(b"".join(program.training_lines(2000)))

    def options(self, *more, name="model"):
        return ["-output", self.folder / name, "-thread", 1, "-dim", 8, "-bucket", 1000, *more]

    def start(self, *commands, quiet=True, variables=()):
        """Starts ranks: each command is (number, verb, arguments...); variables: "NAME=value" for all of them."""
        line = [MPIRUN, "--allow-run-as-root", "--oversubscribe", "--bind-to", "none"]
        line += ["--mca", "btl_tcp_if_include", "lo", "--mca", "oob_tcp_if_include", "lo"]
        line += ["-q"] if quiet else []
        for variable in variables:
            line += ["-x", variable]
        for i, (ranks, *arguments) in enumerate(commands):
            line += [":"] if i else []
            line += ["-n", str(ranks), self.program, *map(str, arguments)]
        self.said = self.folder / "said"
        with open(self.said, "wb") as said:
            return subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True)

    def finish(self, started, seconds=SECONDS_TO_END):
        try:
            started.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            self.fail("the ranks do not end")
        return started.returncode, self.said.read_text(errors="replace")

    def run_ranks(self, *commands):
        return self.finish(self.start(*commands), SECONDS_TO_START)

    def train_ranks(self, ranks, *more, verb="supervised", name="model"):
        status, said = self.run_ranks((ranks, verb, "-input", self.lines, *self.options(*more, name=name)))
        self.assertEqual(status, 0, said)
        return said

    def errors(self, said):
        return [line for line in said.splitlines() if line.startswith("wordfire: ")]

    def dictionary(self, name):
        return self.succeed("dump", self.folder / f"{name}.bin", "dict")


class Ranks(RankCase):
    def test_leave_the_model_of_one_process(self):
        self.succeed("supervised", "-input", self.lines, *self.options(name="one"))
        for ranks in (2, 3):
            said = self.train_ranks(ranks)
            self.assertEqual(self.dictionary("model"), self.dictionary("one"))
            self.assertEqual(said.count("Saved "), 1)
            self.assertRegex(said, rf"Ranks: {ranks} sent .* bytes a word")
            scored = self.succeed("test", self.folder / "model.bin", self.lines).decode()
            self.assertGreater(float(scored.split("P@1\t")[1].split()[0]), 0.9)

    def test_train_every_mode(self):
        for verb in ("skipgram", "cbow", "batch-skipgram"):
            self.train_ranks(2, "-minCount", 1, verb=verb)
            self.succeed("verify", self.folder / "model.bin")

    def test_are_deterministic(self):
        models = []
        for more in ((), (), ("-halfTraffic",)):
            self.train_ranks(2, "-deterministic", *more)
            models.append((self.folder / "model.bin").read_bytes())
        self.assertEqual(models[0], models[1])
        self.assertNotEqual(models[0], models[2])

    def test_train_pieces_that_end_before_the_rounds_do(self):
        """Of the last piece nothing is trained: words that are rare, and lines without labels."""
        tail = b"".join(b"%d once%d rare%d\n" % (i, i, i) for i in range(5000))
        self.lines.write_bytes(b"".join(program.training_lines(10000)) + tail)
        for verb in ("skipgram", "supervised"):
            said = self.train_ranks(2, "-epoch", 2, "-memory", 1, "-scratch", 1, "-minCount", 2, verb=verb)
            self.assertIn("reads the text again", said)
            self.succeed("verify", self.folder / "model.bin")

    def test_pieces_are_combined_as_a_text_in_memory_is(self):
        draw = random.Random(7)
        lines = (f"__label__{draw.choice('ab')} w{draw.randrange(20)}\n" for _ in range(20000))
        self.lines.write_text("".join(lines))
        losses = [float(re.findall(r"loss:\s+([\d.]+)", self.train_ranks(4, "-epoch", 2, *more))[-1])
                  for more in ((), ("-memory", 1, "-scratch", 1))]
        self.assertLess(losses[1], 1.5 * losses[0])

    def test_a_first_rank_without_text_takes_part(self):
        empty = self.folder / "empty"
        empty.mkdir()
        common = ("-sharded", *self.options("-trainScore"))
        status, said = self.run_ranks((1, "supervised", "-input", empty, *common), (1, "supervised", "-input", self.lines, *common))
        self.assertEqual(status, 0, said)
        self.assertGreater(float(re.search(r"Training text: P@1 ([-\d.]+)", said)[1]), 0.9)
        self.assertNotIn("nan", said)

    def test_one_rank_may_have_another_number_of_threads(self):
        common = ("supervised", "-input", self.lines, "-output", self.folder / "model", "-dim", 8)
        status, said = self.run_ranks((1, *common), (1, *common, "-thread", 1))
        self.assertEqual(status, 0, said)

    def test_processes_that_do_not_find_each_other_say_so(self):
        message = self.fail_with(program.USAGE, "supervised", "-input", self.lines, *self.options(),
                                 env={**os.environ, "PMI_SIZE": "2", "PMI_RANK": "0"})
        self.assertIn("2 processes were started", message)

    def test_wrong_options_and_texts_are_one_message(self):
        other = self.folder / "other.txt"
        other.write_bytes(self.lines.read_bytes() + b"__label__animal cat\n")
        common = ("supervised", "-input", self.lines, *self.options())
        vectors = [self.write(f"{i}.vec", b"1 8\nred" + b" %d" % i * 8 + b"\n") for i in range(2)]
        begun = (*common, "-pretrainedVectors", vectors[0])
        found, said = self.run_ranks((1, *begun), (1, *common, "-pretrainedVectors", vectors[1]))
        self.assertEqual((found, len(self.errors(said))), (65, 1), said)
        self.assertIn("the pretrained vectors differ: rank 1", said)
        cases = [
            ((*common, "-lr", 0.7), 64, "option -lr: 0.7 on rank 1"),
            (("supervised", "-input", other, *self.options()), 65, "the training text differs: rank 1"),
            (("supervised", "-input", self.folder / "none", *self.options()), 66, "none: cannot open"),
            ((*common, "-dimension", 3), 64, "-dimension"),
        ]
        for second, status, message in cases:
            found, said = self.run_ranks((1, *common), (1, *second))
            self.assertEqual(found, status, said)
            self.assertEqual(len(self.errors(said)), 1, (message, said))
            self.assertIn(message, said)
        self.assertFalse((self.folder / "model.bin").exists())


class Faults(RankCase):
    def start_long(self, *more):
        """A run that would take hours, behind its first checkpoint."""
        self.checkpoints = self.folder / "checkpoints"
        arguments = ("supervised", "-input", self.lines, "-checkpointDir", self.checkpoints, "-verbose", 1)
        started = self.start((3, *arguments, *self.options("-epoch", 1000000, *more)))
        self.wait_for(started, lambda: list(self.checkpoints.glob("*.checkpoint")))
        return started

    def wait_for(self, started, condition):
        begun = time.monotonic()
        while not condition():
            self.assertLess(time.monotonic() - begun, SECONDS_TO_START)
            self.assertIsNone(started.poll(), self.said.read_text(errors="replace"))
            time.sleep(0.05)

    def ranks_of(self, started):
        """The processes of the ranks, by rank."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1]) != started.pid:
                    continue
                values = (folder / "environ").read_bytes().split(b"\0")
            except (OSError, ValueError):
                continue
            found.update({int(v.split(b"=")[1]): int(folder.name) for v in values if v.startswith(b"OMPI_COMM_WORLD_RANK=")})
        return found

    def resume(self, ranks):
        """Goes on with another number of ranks, and is stopped."""
        arguments = ("supervised", "-input", self.lines, "-checkpointDir", self.checkpoints, "-resume")
        started = self.start((ranks, *arguments, *self.options("-epoch", 1000000)))
        self.wait_for(started, lambda: "Training goes on from" in self.said.read_text(errors="replace"))
        for process in self.ranks_of(started).values():
            os.kill(process, signal.SIGTERM)
        status, said = self.finish(started)
        self.assertEqual(status, 128 + signal.SIGTERM, said)

    def test_a_killed_rank_ends_all(self):
        for rank in (0, 2) if program.LONG else (2,):
            started = self.start_long()
            os.kill(self.ranks_of(started)[rank], signal.SIGKILL)
            status, _ = self.finish(started)
            self.assertNotEqual(status, 0)
            self.resume(2)
            for checkpoint in self.checkpoints.iterdir():
                checkpoint.unlink()

    def end_by_silence_of(self, rank, started, seconds, message):
        """Waits until all have ended because `rank` was not there for so long, and goes on from the checkpoint."""
        begun = time.monotonic()
        status, said = self.finish(started)
        self.assertNotEqual(status, 0)
        self.assertGreater(time.monotonic() - begun, seconds - 5)
        self.assertEqual(len(self.errors(said)), 1, said)
        self.assertIn(f"rank {rank} ", said)
        self.assertIn(message, said)
        self.resume(4 if rank else 1)
        for checkpoint in self.checkpoints.iterdir():
            checkpoint.unlink()

    def test_a_stopped_rank_ends_all(self):
        for rank in (0, 1) if program.LONG else (1,):
            started = self.start_long()
            os.kill(self.ranks_of(started)[rank], signal.SIGSTOP)
            self.end_by_silence_of(rank, started, SILENCE, "not heard of for 30 seconds")

    def test_a_rank_whose_main_thread_hangs_ends_all(self):
        for rank in (0, 1) if program.LONG else (1,):
            started = self.start_long()
            process = self.ranks_of(started)[rank]
            holder = subprocess.Popen([sys.executable, "-c", HOLD_MAIN_THREAD, str(process)], stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE)
            self.addCleanup(holder.communicate)
            if holder.stdout.readline() != b"held\n":
                os.killpg(started.pid, signal.SIGKILL)
                started.wait()
                self.skipTest(f"no thread can be held: {holder.communicate()[1].decode()}")
            self.end_by_silence_of(rank, started, LONGEST_STEP, "no step of its work in 40 seconds")

    def test_a_signal_to_one_rank_stops_all_with_a_checkpoint(self):
        started = self.start_long()
        os.kill(self.ranks_of(started)[1], signal.SIGTERM)
        status, said = self.finish(started)
        self.assertEqual(status, 128 + signal.SIGTERM, said)
        self.assertEqual(len(self.errors(said)), 1, said)
        self.assertIn("-resume goes on from", said)
        self.resume(2)


class Leaving(RankCase):
    """A rank that is lost while all leave: the model is there, and nobody waits for ever."""

    def start_losing(self, rank, point, number):
        shim = os.environ.get("WORDFIRE_LEAVING_SHIM")
        if not shim:
            self.skipTest("WORDFIRE_LEAVING_SHIM is not set")
        lost = [f"LD_PRELOAD={shim}", f"WORDFIRE_LOST_RANK={rank}", f"WORDFIRE_LOST_AT={point}", f"WORDFIRE_LOST_SIGNAL={int(number)}"]
        started = self.start((3, "supervised", "-input", self.lines, *self.options(name=point)), variables=lost)
        return point, started, self.said.rename(self.folder / f"{point}.said")

    def finish_losing(self, point, started, said):
        self.said = said
        status, said = self.finish(started)
        self.assertNotEqual(status, 0, f"{point}\n{said}")
        self.succeed("verify", self.folder / f"{point}.bin")
        return said

    def test_a_killed_rank_ends_all(self):
        for run in [self.start_losing(2, point, signal.SIGKILL) for point in ("first", "second", "finalize", "end")]:
            self.finish_losing(*run)

    @unittest.skipUnless(program.LONG, "takes as long as a silence that is heard")
    def test_the_others_name_a_rank_that_falls_silent(self):
        for run in [self.start_losing(2, point, signal.SIGSTOP) for point in ("first", "second")]:
            said = self.finish_losing(*run)
            self.assertEqual(len(self.errors(said)), 1, said)
            self.assertRegex(said, r"wordfire: rank 2 \(.*\): not heard of for 30 seconds")


if __name__ == "__main__":
    MPIRUN = os.environ.get("WORDFIRE_MPIRUN", "mpirun")
    program.main()
