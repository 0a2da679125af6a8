"""How the hosts of a job find each other, start Open MPI, and end together, whatever happens to one of them.

usage: hosts_test.py HOST_PROGRAM
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import host_network

SLOWNESS = float(os.environ.get("WORDFIRE_SLOWNESS", "1"))
PATIENCE = round(6 * SLOWNESS)  # of hosts with each other, seconds
TOGETHER = PATIENCE + 50 * SLOWNESS  # all of them have ended; the first tells late ones of a failure for 30 s
PROGRAM = ""
SAME = {"version": "1", "hyperparameters": {"epochs": "5"}, "channels": {"train": {"TrainingInputMode": "File"}}}


def other(**hyperparameters):
    return {**SAME, "hyperparameters": hyperparameters}


def setUpModule():
    HostsTest.network = host_network.HostNetwork(3)


def tearDownModule():
    HostsTest.network.remove()


class HostsTest(unittest.TestCase):
    network = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wordfire-hosts-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.processes = {}
        self.addCleanup(self.kill_all)

    def kill_all(self):
        for process in self.processes.values():
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()

    def start(self, *hosts, how="well", common=None, listed=None):
        """Starts the program on hosts: on all of those that the job lists."""
        names = listed or ",".join(self.network.names)
        for host in hosts or self.network.names:
            command = self.network.command_on(host, PROGRAM, host, names, json.dumps((common or {}).get(host, SAME)),
                                              PATIENCE, PROGRAM, "--rank", how)
            with open(self.folder / host, "wb") as log:
                self.processes[host] = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    def log(self, host):
        return (self.folder / host).read_text(errors="replace")

    def logs(self):
        return "\n".join(f"--- {host}\n{self.log(host)}" for host in self.processes)

    def wait_for(self, text, host="algo-1"):
        end = time.monotonic() + TOGETHER
        while text not in self.log(host):
            self.assertLess(time.monotonic(), end, self.logs())
            time.sleep(0.02)

    def wait(self, *but):
        """The exit status of each host, but of some."""
        end = time.monotonic() + TOGETHER
        hosts = [host for host in self.processes if host not in but]
        try:
            return [self.processes[host].wait(max(0.1, end - time.monotonic())) for host in hosts]
        except subprocess.TimeoutExpired:
            self.fail(f"still there:\n{self.logs()}")

    def failure(self, host):
        errors = [line for line in self.log(host).splitlines() if line.startswith("ERROR ")]
        self.assertEqual(len(errors), 1, self.logs())
        return errors[0]

    def assertAllFail(self, text, *but):
        """All hosts end for the one reason."""
        self.assertEqual(set(self.wait(*but)), {1}, self.logs())
        failures = {self.failure(host) for host in self.processes if host not in but}
        self.assertEqual(len(failures), 1, failures)
        self.assertRegex(failures.pop(), text)


class Start(HostsTest):
    def test_each_host_trains_as_the_rank_that_its_place_says(self):
        self.start()
        self.assertEqual(self.wait(), [0, 0, 0], self.logs())
        lines = sorted(line for line in self.log("algo-1").splitlines() if line.startswith("rank"))
        self.assertEqual(lines, [f"rank {i} of 3, sum 3" for i in range(3)])
        self.assertIn("Found 10.77.0.3 for host algo-3", self.log("algo-2"))

    def test_hosts_that_come_late_are_waited_for(self):
        self.start("algo-2", "algo-3")
        time.sleep(1)
        self.start("algo-1")
        self.assertEqual(self.wait(), [0, 0, 0], self.logs())

    def test_the_others_stay_until_the_first_has_gone(self):
        self.start()
        self.processes["algo-1"].wait(TOGETHER)
        self.assertEqual([self.processes[host].poll() for host in ("algo-2", "algo-3")], [None, None])
        self.assertEqual(self.wait(), [0, 0, 0], self.logs())

    def test_a_host_under_the_name_of_another_is_not_let_in(self):
        command = self.network.command_on("algo-3", PROGRAM, "algo-2", "algo-1,algo-2", json.dumps(SAME), PATIENCE, "true")
        with open(self.folder / "stranger", "wb") as log:
            self.processes["stranger"] = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        self.start("algo-1", listed="algo-1,algo-2")
        self.assertEqual(self.wait("stranger"), [1])
        self.assertIn("10.77.0.3 called as algo-2, whose address is 10.77.0.2", self.failure("algo-1"))


class Faults(HostsTest):
    def test_a_host_that_never_comes(self):
        self.start("algo-1", "algo-2")
        self.assertAllFail("host algo-3: nothing heard")

    def test_another_hyperparameter(self):
        self.start(common={"algo-3": other(epochs="6")})
        self.assertAllFail('hyperparameters "epochs": "5" on algo-1, "6" on algo-3')

    def test_a_host_that_cannot_take_part(self):
        self.start(common={"algo-2": {**SAME, "fault": "channel train: nothing there"}})
        self.assertEqual(set(self.wait()), {1})
        self.assertIn("host algo-2: channel train: nothing there", self.failure("algo-1"))
        self.assertEqual(self.failure("algo-3"), self.failure("algo-1"))

    def test_the_first_cannot_take_part(self):
        self.start(common={"algo-1": {**SAME, "fault": "channel train: nothing there"}})
        self.assertAllFail("channel train: nothing there")

    def test_a_rank_that_fails(self):
        self.start(how="error")
        self.assertAllFail("host algo-3: part-7: line 3 is not text")

    def test_a_rank_that_is_killed(self):
        self.start(how="killed")
        self.assertAllFail("host algo-3: the training process ended without a word")

    def test_a_host_that_is_killed(self):
        self.start(how="waits")
        self.wait_for("rank 2 of 3")
        self.processes["algo-3"].kill()
        self.assertAllFail("host algo-3: ", "algo-3")

    def test_the_first_host_is_killed(self):
        self.start(how="waits")
        self.wait_for("rank 2 of 3")
        self.processes["algo-1"].kill()
        self.assertAllFail("host algo-1: it left before", "algo-1")

    def test_a_host_that_hangs(self):
        self.start(how="waits")
        self.wait_for("rank 2 of 3")
        self.processes["algo-2"].send_signal(signal.SIGSTOP)
        self.assertAllFail("host algo-2: silent for", "algo-2")
        self.processes["algo-2"].send_signal(signal.SIGCONT)
        self.assertEqual(self.processes["algo-2"].wait(TOGETHER), 1)

    def test_a_host_that_is_cut_off(self):
        self.addCleanup(self.network.join, "algo-3")
        self.start(how="waits")
        self.wait_for("rank 2 of 3")
        self.network.cut("algo-3")
        self.assertAllFail("host algo-3: silent for", "algo-3")
        self.assertIn("host algo-1: silent for", self.failure("algo-3"))


class Stops(HostsTest):
    def test_a_stop_anywhere_ends_all_well(self):
        for host in ("algo-1", "algo-3"):
            with self.subTest(host):
                self.start(how="waits")
                self.wait_for("rank 2 of 3")
                for each in self.network.names if host == "algo-1" else [host]:
                    self.processes[each].send_signal(signal.SIGTERM)
                self.assertEqual(set(self.wait()), {143}, self.logs())

    def test_a_stop_before_all_hosts_are_there(self):
        self.start("algo-1", "algo-2")
        time.sleep(1)
        for host in ("algo-1", "algo-2"):
            self.processes[host].send_signal(signal.SIGTERM)
        self.assertEqual(set(self.wait()), {143}, self.logs())


if __name__ == "__main__":
    host_network.in_namespaces()
    PROGRAM = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
