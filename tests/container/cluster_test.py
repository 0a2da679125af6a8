"""The image on two and three hosts: models, logs and faults between containers. What needs no containers is tested in
tests/sagemaker/several_hosts_test.py."""

import concurrent.futures
import re
import signal
import time
import unittest

from cluster_job import ClusterJob, HostNetwork
from forms import FORMS
from notebook_job import LONG, NOTEBOOK, JobTest, channels
from training_container import podman

TOGETHER = 60  # seconds in which all hosts have ended, whatever happened to one
ENDLESS = {**NOTEBOOK, "epochs": 2000, "early_stopping": False}
PROGRESS = r"^Alpha: -?0\.\d{4}  Progress: \d+\.\d\d%  Million Words/sec: \d+\.\d\d$"
WORSE = 0.01  # than a model of one host by chance
VECTORS = {"mode": "batch_skipgram", "min_count": 2, "vector_dim": 20, "epochs": 3, "evaluation": False}


class ClusterTest(JobTest):
    network = None

    @classmethod
    def setUpClass(cls):
        cls.network = HostNetwork()

    @classmethod
    def tearDownClass(cls):
        cls.network.remove()

    def cluster(self, name, hyperparameters, size=2, form=FORMS[0], checkpoints=False, network=None):
        """Every host has all of the text. network: one that knows each host's name once, if not that of the class."""
        cluster = ClusterJob(self.folder / name, hyperparameters, network or self.network, size, checkpoints)
        self.addCleanup(cluster.remove)
        for host in cluster.hosts.values():
            for channel, examples in channels().items():
                if channel == "train" or cluster.is_classifier:
                    host.add_channel(channel, form, examples)
        return cluster

    def assertFinished(self, cluster):
        cluster.start()
        self.assertEqual(set(cluster.wait()), {0}, cluster.log())
        self.assertEqual(cluster.failures(), {""}, cluster.log())
        for name in cluster.names[1:]:
            self.assertEqual(list((cluster[name].folder / "model").iterdir()), [], "only the first host writes")
        self.check_logs(cluster)

    def check_logs(self, cluster):
        """The first host tells of the job, the others of themselves."""
        size = len(cluster.names)
        first = cluster["algo-1"].log()
        for i, name in enumerate(cluster.names):
            line = f"processor name: {name}, number of processors: {size}, rank: {i}"
            self.assertEqual(cluster.log().count(line), 1, cluster.log())
            self.assertIn(line, first)
        self.assertRegex(first, re.compile(PROGRESS, re.MULTILINE))
        for name in cluster.names:
            log = cluster[name].log()
            self.assertEqual(len(re.findall(r"INFO \d+\] Found [0-9.]+ for host algo-", log)), size, log)
            self.assertRegex(log, rf"Running distributed CPU BlazingText training using \w+ on {size} hosts\.")
            self.assertRegex(log, rf"Number of hosts: {size}, master IP address: [0-9.]+, host IP address: [0-9.]+\.")
        for name in cluster.names[1:]:
            self.assertNotIn("#train_accuracy", cluster[name].log())


class Models(ClusterTest):
    def test_two_hosts_train_a_classifier_as_good_as_one(self):
        cluster = self.cluster("two", NOTEBOOK)
        self.assertFinished(cluster)
        score = self.metrics(cluster["algo-1"].log())["validation:accuracy"]
        self.assertAgreesWithFasttext(cluster["algo-1"].model(), score)
        one = self.finished("one", NOTEBOOK)
        self.assertGreater(score, self.metrics(one.log())["validation:accuracy"] - WORSE)

    def test_three_hosts_train_word_vectors_over_the_whole_vocabulary(self):
        cluster = self.cluster("three", VECTORS, size=3)
        self.assertFinished(cluster)
        one = self.finished("one", VECTORS)
        words = [sorted(line.split(" ", 1)[0] for line in job.model("vectors.txt").read_text().splitlines()[1:])
                 for job in (cluster["algo-1"], one)]
        self.assertEqual(*words)

    @unittest.skipUnless(LONG, "with WORDFIRE_LONG")
    def test_objects_that_are_spread_over_hosts_make_one_model(self):
        """One host gets no object at all: there are fewer of them than hosts."""
        cluster = ClusterJob(self.folder / "spread", NOTEBOOK, self.network, 3)
        self.addCleanup(cluster.remove)
        examples = channels()["train"]
        half = len(examples) // 2
        shares = {"algo-1": [], "algo-2": examples[:half], "algo-3": examples[half:]}
        for name, host in cluster.hosts.items():
            host.add_share("train", FORMS[0], shares[name])
            host.add_channel("validation", FORMS[0], channels()["validation"])
        self.assertFinished(cluster)
        log = cluster["algo-1"].log()
        self.assertIn(f"Number of train examples: {len(examples)}", log)
        self.assertAgreesWithFasttext(cluster["algo-1"].model(), self.metrics(log)["validation:accuracy"])

    @unittest.skipUnless(LONG, "with WORDFIRE_LONG")
    def test_each_host_reads_its_own_pipe(self):
        form = next(form for form in FORMS if form.mode == "Pipe")
        cluster = self.cluster("pipes", NOTEBOOK, form=form)
        self.assertFinished(cluster)
        for host in cluster.hosts.values():
            self.assertEqual(host.passes("train"), ["whole"])
        score = self.metrics(cluster["algo-1"].log())["validation:accuracy"]
        self.assertAgreesWithFasttext(cluster["algo-1"].model(), score)


class Faults(ClusterTest):
    def end_of(self, name, fault, victim="algo-2", network=None):
        """Starts a job, does harm to one host as it trains; the exit status and failure texts of the others."""
        cluster = self.cluster(name, ENDLESS, checkpoints=True, network=network)
        cluster.start()
        cluster["algo-1"].wait_until(lambda: "Checkpoint: " in cluster["algo-1"].log())
        fault(cluster[victim].name)
        begin = time.monotonic()
        status = cluster.wait(victim)
        self.assertLess(time.monotonic() - begin, TOGETHER, cluster.log())
        return cluster, status

    def assertOthersFail(self, cluster, status, victim, text):
        self.assertTrue(all(status), cluster.log())
        failures = cluster.failures(victim)
        self.assertEqual(len(failures), 1, failures)
        self.assertRegex(failures.pop(), f"^(PlatformError|AlgorithmError): host {victim}: {text}")

    def test_a_container_that_is_killed(self):
        for victim in ("algo-1", "algo-2") if LONG else ("algo-2",):
            with self.subTest(victim):
                cluster, status = self.end_of(victim, lambda name: podman("kill", name), victim)
                self.assertOthersFail(cluster, status, victim, "")
                cluster[victim].wait()

    def test_a_container_that_hangs_and_one_that_is_cut_off(self):
        """Both at once: each takes as long as hosts wait for a word."""
        other = HostNetwork()
        self.addCleanup(other.remove)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            paused = pool.submit(self.end_of, "paused", lambda name: podman("pause", name))
            cut = pool.submit(self.end_of, "cut", other.cut, network=other)
            cluster, status = paused.result()
            self.assertOthersFail(cluster, status, "algo-2", "silent for")
            podman("unpause", cluster["algo-2"].name)
            self.assertNotEqual(cluster["algo-2"].wait(), 0)
            cluster, status = cut.result()
            self.assertOthersFail(cluster, status, "algo-2", "silent for")
            self.assertNotEqual(cluster["algo-2"].wait(), 0)
            self.assertIn("host algo-1: silent for", cluster["algo-2"].failure())

    def test_a_stop_of_all_hosts_leaves_a_model(self):
        cluster = self.cluster("stopped", ENDLESS)
        cluster.start()
        cluster["algo-1"].wait_until(lambda: "End of epoch: 5" in cluster["algo-1"].log())
        for host in cluster.hosts.values():
            host.send(signal.SIGTERM)
        self.assertEqual(set(cluster.wait()), {0}, cluster.log())
        score = self.metrics(cluster["algo-1"].log())["validation:accuracy"]
        self.assertAgreesWithFasttext(cluster["algo-1"].model(), score)


if __name__ == "__main__":
    unittest.main(verbosity=2)
