"""`train` on several hosts, each in a network namespace of its own: one model of all of them, in every mode and however the
text comes to them; stops and faults.

usage: several_hosts_test.py TRAIN WORDFIRE
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import host_network
import job

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "container"))

from fifo_feeder import FifoFeeder  # noqa: E402

TOGETHER = 60 * job.SLOWNESS  # seconds in which all hosts have ended
LINES = 400
CLASSIFIER = {**job.SMALL, "epochs": 5, "threads": 1}
ENDLESS = {**CLASSIFIER, "epochs": 1000000}
PROGRESS = r"(?m)^Alpha: -?0\.\d{4}  Progress: \d+\.\d\d%  Million Words/sec: \d+\.\d\d$"


def word_vectors(mode):
    return {"mode": mode, "min_count": 1, "vector_dim": 8, "epochs": 2, "threads": 1}


class Host(job.BaseFolder):
    """The folders of one host, and its process."""

    def __init__(self, name, names, folder):
        self.make(Path(folder) / name)
        self.name = name
        self.process = None
        self.config("resourceconfig.json", {"current_host": name, "hosts": names, "network_interface_name": "ethwe"})

    def log(self):
        return (self.base / "log").read_text(errors="replace")


class SeveralHosts(unittest.TestCase):
    network = None

    @classmethod
    def setUpClass(cls):
        cls.network = host_network.HostNetwork(3)

    @classmethod
    def tearDownClass(cls):
        cls.network.remove()

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wordfire-hosts-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def hosts(self, count, parameters, text=job.labelled_text(LINES)):
        """Hosts with the same job; text: that all of them have, or None."""
        names = self.network.names[:count]
        folder = tempfile.mkdtemp(dir=self.folder)
        self.cluster = [Host(name, names, folder) for name in names]
        for host in self.cluster:
            host.parameters(**parameters)
            if text is not None:
                host.channel("train", {"text": text})
        self.addCleanup(self.kill_all)
        return self.cluster

    def kill_all(self):
        for host in self.cluster:
            if host.process:
                host.process.kill()
                host.process.wait()

    def start(self, *hosts):
        for host in hosts or self.cluster:
            environment = {"SAGEMAKER_BASE_DIR": host.base, "WORDFIRE_EVALUATION_DIR": "/nonexistent", "WORDFIRE_HOST_WAIT": 8}
            settings = [f"{name}={value}" for name, value in environment.items()]
            with open(host.base / "log", "wb") as log:
                host.process = subprocess.Popen(self.network.command_on(host.name, "env", *settings, job.JobCase.train),
                                                stdout=log, stderr=subprocess.STDOUT)

    def wait(self):
        end = time.monotonic() + TOGETHER
        with contextlib.suppress(subprocess.TimeoutExpired):
            return [host.process.wait(max(0.1, end - time.monotonic())) for host in self.cluster if host.process]
        return self.fail(f"still there:\n{self.logs()}")

    def logs(self):
        return "\n".join(f"--- {host.name}\n{host.log()}" for host in self.cluster if host.process)

    def wait_for(self, text, host):
        end = time.monotonic() + TOGETHER
        while text not in host.log():
            self.assertLess(time.monotonic(), end, self.logs())
            time.sleep(0.02)

    def succeed(self):
        """Runs all hosts to their good end; returns the first one."""
        self.start()
        self.assertEqual(set(self.wait()), {0}, self.logs())
        self.check_leavings()
        return self.cluster[0]

    def check_leavings(self):
        first, *others = self.cluster
        self.assertTrue(first.artefacts(), self.logs())
        for host in others:
            self.assertEqual(host.artefacts(), [], "the first host alone writes")
        self.assertEqual([host.failure() for host in self.cluster], [None] * len(self.cluster))

    def must_fail(self, text, status):
        """All hosts end for the one reason."""
        self.assertEqual(set(self.wait()), {status}, self.logs())
        failures = {host.failure() for host in self.cluster if host.process}
        self.assertEqual(len(failures), 1, failures)
        self.assertRegex(failures.pop(), text)

    def dictionary(self, model):
        return subprocess.run([job.JobCase.wordfire, "dump", model, "dict"], capture_output=True, check=True).stdout

    def dictionary_of_one(self, verb, *options):
        text = self.folder / "text"
        text.write_bytes(job.labelled_text(LINES))
        subprocess.run([job.JobCase.wordfire, verb, "-input", text, "-output", self.folder / "one", "-minCount", "1", "-dim", "8",
                        "-epoch", "1", "-bucket", "1000", *options], capture_output=True, check=True)
        return self.dictionary(self.folder / "one.bin")


class Modes(SeveralHosts):
    def test_a_classifier(self):
        self.hosts(2, CLASSIFIER)
        for host in self.cluster:
            host.channel("validation", {"text": job.labelled_text(50)})
        first = self.succeed()
        self.assertEqual(first.artefacts(), ["metrics.json", "model.bin", "model.manifest.json"])
        self.assertEqual(self.dictionary(first.artefact("model.bin")), self.dictionary_of_one("supervised"))
        self.assertIn(f"Number of train examples: {LINES}\n", first.log())
        self.assertIn("Number of validation examples: 50\n", first.log())
        self.assertGreater(float(re.findall(r"#train_accuracy: ([0-9.]+)", first.log())[-1]), 0.9)
        self.check_logs()

    def check_logs(self):
        """Of BlazingText's lines each host tells its own, and the first one those of the job."""
        for i, host in enumerate(self.cluster):
            self.assertEqual(self.logs().count(f"processor name: {host.name}, number of processors: 2, rank: {i}\n"), 1)
            self.assertRegex(host.log(), r"(?s)Found 10\.77\.0\.1 for host algo-1\n.*Found 10\.77\.0\.2 for host algo-2\n.*"
                             r"Running distributed CPU BlazingText training using supervised on 2 hosts\.\n.*"
                             rf"Number of hosts: 2, master IP address: 10\.77\.0\.1, host IP address: 10\.77\.0\.{i + 1}\.\n")
        self.assertRegex(self.cluster[0].log(), PROGRESS)
        self.assertNotIn("Alpha", self.cluster[1].log())

    def test_word_vectors(self):
        for mode in ("skipgram", "cbow", "batch_skipgram"):
            with self.subTest(mode):
                self.hosts(2, word_vectors(mode))
                for host in self.cluster:
                    host.channel("evaluation", {"pairs": b"cat dog 9\nred green 8\ncat red 1\n"})
                first = self.succeed()
                self.assertIn("eval.json", first.artefacts())
                self.assertEqual(self.dictionary(first.artefact("vectors.bin")),
                                 self.dictionary_of_one(mode.replace("_", "-"), "-maxn", "0"))


class Data(SeveralHosts):
    def test_objects_that_are_spread_over_hosts(self):
        """One host gets none: there are fewer of them than hosts."""
        lines = list(job.labelled_lines(LINES))
        shares = [{}, {"b": b"".join(lines[: LINES // 4])}, {"a": b"".join(lines[LINES // 4 :])}]
        self.hosts(3, CLASSIFIER, text=None)
        for host, share in zip(self.cluster, shares):
            host.channel("train", share, S3DistributionType="ShardedByS3Key")
            host.channel("validation", share, S3DistributionType="ShardedByS3Key")
        first = self.succeed()
        self.assertEqual(self.dictionary(first.artefact("model.bin")), self.dictionary_of_one("supervised"))
        self.assertIn(f"Number of validation examples: {LINES}\n", first.log())

    def feed(self, host, channel, content, **settings):
        host.channel(channel, TrainingInputMode="Pipe", **settings)
        feeder = FifoFeeder(host.base / "input/data", channel, content)
        self.addCleanup(feeder.stop)
        feeder.start()
        return feeder

    def test_pipes_with_all_of_the_text(self):
        self.hosts(2, CLASSIFIER, text=None)
        feeders = [self.feed(host, "train", job.labelled_text(LINES)) for host in self.cluster]
        first = self.succeed()
        self.assertEqual([feeder.passes for feeder in feeders], [["whole"], ["whole"]])
        self.assertEqual(self.dictionary(first.artefact("model.bin")), self.dictionary_of_one("supervised"))

    def test_pipes_with_shares_one_of_them_empty(self):
        self.hosts(2, CLASSIFIER, text=None)
        for host, content in zip(self.cluster, (b"", job.labelled_text(LINES))):
            self.feed(host, "train", content, S3DistributionType="ShardedByS3Key")
        first = self.succeed()
        self.assertEqual(self.dictionary(first.artefact("model.bin")), self.dictionary_of_one("supervised"))

    def test_raw_rows(self):
        rows = b"kind,what\n" + b"".join(b"%s,%s\n" % tuple(line.rstrip().removeprefix(b"__label__").split(b" ", 1))
                                         for line in job.labelled_lines(LINES))
        self.hosts(2, {**CLASSIFIER, "label_column": "kind"}, text=rows)
        first = self.succeed()
        self.assertEqual(self.dictionary(first.artefact("model.bin")), self.dictionary_of_one("supervised"))
        self.assertEqual(self.logs().count("Prepared 400 of 400 rows"), 1)


class Stops(SeveralHosts):
    def stop_all(self):
        for host in self.cluster:
            host.process.terminate()

    def test_leave_the_model_of_the_moment(self):
        self.hosts(2, ENDLESS)
        self.start()
        self.wait_for("End of epoch: 3\n", self.cluster[0])
        self.stop_all()
        self.assertEqual(self.wait(), [0, 0], self.logs())
        self.check_leavings()

    def test_leave_none_before_the_hosts_are_there(self):
        self.hosts(2, CLASSIFIER)
        self.start(self.cluster[0])
        time.sleep(1)
        self.cluster[0].process.terminate()
        self.assertEqual(self.wait(), [128 + signal.SIGTERM], self.logs())
        self.assertEqual((self.cluster[0].artefacts(), self.cluster[0].failure()), ([], None))

    def test_jobs_that_were_killed_go_on_from_a_checkpoint_with_another_number_of_hosts(self):
        for count in (2, 1, 3):
            self.hosts(count, ENDLESS)
            for host in self.cluster:
                host.config("checkpointconfig.json", {"LocalPath": str(self.folder / "checkpoints")})
            self.start()
            if count != 2:
                self.wait_for("Training goes on from ", self.cluster[0])
            self.wait_for("Checkpoint: ", self.cluster[0])
            self.kill_all()


class Faults(SeveralHosts):
    def test_a_line_on_one_host(self):
        self.hosts(2, CLASSIFIER, text=None)
        for host, more in zip(self.cluster, (b"", b"__label__ cat\n")):
            host.channel("train", {"text": job.labelled_text(LINES) + more}, S3DistributionType="ShardedByS3Key")
        self.start()
        self.must_fail(r"^ClientError: host algo-2: .*train/text:401: ", job.DATA)

    def test_a_text_that_differs(self):
        self.hosts(2, CLASSIFIER)
        self.cluster[1].channel("train", {"text": job.labelled_text(LINES + 2)})
        self.start()
        # Both find it, and a host that is slow hears the other say so.
        self.must_fail(r"^ClientError: host algo-[12]: the training text differs: rank 1 \(algo-2\) has ", job.DATA)

    def test_a_misspelt_hyperparameter(self):
        self.hosts(2, {**CLASSIFIER, "epoch": 3})
        self.start()
        self.must_fail(r'^ClientError: [^:]*"epoch".*"epochs"', job.USAGE)

    def test_a_channel_that_one_host_lacks(self):
        self.hosts(2, CLASSIFIER)
        (self.cluster[1].base / "input/data/train/text").unlink()
        self.start()
        self.assertNotIn(0, self.wait())
        self.assertRegex(self.cluster[0].failure(), '^ClientError: host algo-2: channel "train": .*no files')

    def test_a_host_that_never_comes(self):
        self.hosts(3, CLASSIFIER)
        self.start(*self.cluster[:2])
        self.must_fail("^PlatformError: host algo-3: nothing heard for 8 s", job.IO)

    def test_a_training_process_that_is_killed(self):
        self.hosts(2, ENDLESS)
        self.start()
        self.wait_for("End of epoch: 2\n", self.cluster[0])
        os.kill(self.rank_on(self.cluster[1]), signal.SIGKILL)
        self.must_fail("^AlgorithmError: host algo-2: the training process ended without a word", job.INTERNAL)
        self.assertEqual(self.cluster[0].artefacts(), [])

    def rank_on(self, host):
        """The process that trains there."""
        base = f"SAGEMAKER_BASE_DIR={host.base}".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                if words[1:2] == [b"--rank"] and base in (folder / "environ").read_bytes().split(b"\0"):
                    return int(folder.name)
        return self.fail(f"no training process on {host.name}")


if __name__ == "__main__":
    host_network.in_namespaces()
    job.main()
