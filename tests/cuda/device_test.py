"""What the programs say of the device that trains, on a machine without a GPU: with no driver, and with a made-up one
that is too old, shows no GPU or does not start. WORDFIRE_FAKE_DRIVER is the folder of that libcuda.so.1,
WORDFIRE_TRAIN the container's program."""

import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import program  # noqa: E402

ON_CPU = rb"training on the CPU with 2 threads\n"
WANTED = rb"this program wants driver \d{3} or newer \(CUDA \d+\.\d+\)"
FAKE_DRIVER = os.environ["WORDFIRE_FAKE_DRIVER"]


def driver(version, init=0):
    """The environment of a machine with a driver of this version, whose cuInit returns `init`."""
    return {**os.environ, "LD_LIBRARY_PATH": FAKE_DRIVER, "FAKE_CUDA_VERSION": str(version), "FAKE_CUDA_INIT": str(init)}


NO_DRIVER = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
OLD, NEWEST, NO_GPU, UNKNOWN = 11080, 99000, 100, 999


@unittest.skipIf(Path("/proc/driver/nvidia/version").exists(), "this machine has a driver of its own")
class Device(program.Case):
    def arguments(self, *more):
        return ("supervised", "-input", self.text, "-output", self.folder / "model", "-dim", 8, "-thread", 2,
                "-verbose", 1, *more)

    def log_of(self, environment, *more):
        done = self.run_program(*self.arguments(*more), env=environment)
        self.assertEqual(done.returncode, program.SUCCESS, done.stderr)
        self.assertTrue((self.folder / "model.bin").exists())
        return done.stderr

    def refusal(self, environment, *more):
        message = self.fail_with(program.USAGE, *self.arguments(*more), env=environment)
        self.assertFalse((self.folder / "model.bin").exists())
        return message

    def test_without_a_driver_one_line_says_so_and_the_cpu_trains(self):
        log = self.log_of(NO_DRIVER)
        self.assertRegex(log, rb"(?m)^No GPU \(there is no NVIDIA driver, libcuda\.so\.1\): " + ON_CPU)
        self.assertEqual(log.count(b"GPU"), 1, log)
        self.assertNotIn(b"warning", log)

    def test_an_old_driver_is_a_warning_with_both_versions(self):
        log = self.log_of(driver(OLD))
        self.assertRegex(log, rb"(?m)^wordfire: warning: no GPU trains: the NVIDIA driver is of CUDA 11\.8, " + WANTED +
                         rb"; " + ON_CPU)

    def test_a_driver_without_a_gpu_is_no_fault(self):
        log = self.log_of(driver(NEWEST, NO_GPU))
        self.assertRegex(log, rb"(?m)^No GPU \(the NVIDIA driver of CUDA 99\.0 shows no GPU; .*\): " + ON_CPU)
        self.assertNotIn(b"warning", log)

    def test_a_driver_that_does_not_start_is_a_warning_with_its_error(self):
        log = self.log_of(driver(NEWEST, UNKNOWN))
        self.assertRegex(log, rb"(?m)^wordfire: warning: no GPU trains: the NVIDIA driver of CUDA 99\.0 does not start: "
                         rb".*\(cudaErrorUnknown\); " + ON_CPU)

    def test_a_gpu_by_name_that_is_not_there_fails_before_anything_is_read(self):
        for device in ("cuda", "cuda:1"):
            for environment, reason in ((NO_DRIVER, "there is no NVIDIA driver"), (driver(OLD), "is of CUDA 11.8"),
                                        (driver(NEWEST, NO_GPU), "shows no GPU")):
                with self.subTest(device=device, reason=reason):
                    message = self.refusal(environment, "-device", device)
                    self.assertIn(f'option -device: got "{device}", but ', message)
                    self.assertIn(reason, message)

    def test_the_cpu_by_name_has_nothing_to_say(self):
        for environment in (NO_DRIVER, driver(OLD)):
            self.assertNotIn(b"GPU", self.log_of(environment, "-device", "cpu"))

    def test_deterministic_training_does_not_go_to_a_gpu(self):
        message = self.refusal(NO_DRIVER, "-deterministic", "-device", "cuda")
        self.assertNotIn(b"GPU", self.log_of(NO_DRIVER, "-deterministic"))
        self.assertIn("option -deterministic: got -device cuda", message)

    def test_other_devices_are_refused(self):
        for device in ("gpu", "cuda:", "cuda:-1", ""):
            self.assertIn("auto, cpu, cuda, or cuda:N", self.refusal(NO_DRIVER, "-device", device))


@unittest.skipIf(Path("/proc/driver/nvidia/version").exists(), "this machine has a driver of its own")
class Container(program.Case):
    def run_job(self, environment, **parameters):
        base = self.folder / "ml"
        (base / "input/config").mkdir(parents=True)
        (base / "input/data/train").mkdir(parents=True)
        (base / "input/data/train/a.txt").write_bytes(self.text.read_bytes())
        values = {"mode": "supervised", "threads": "2", **parameters}
        (base / "input/config/hyperparameters.json").write_text(json.dumps(values))
        return subprocess.run([os.environ["WORDFIRE_TRAIN"]], env={**environment, "SAGEMAKER_BASE_DIR": str(base)},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=program.SECONDS)

    def test_a_job_without_a_gpu_says_so_and_trains(self):
        done = self.run_job(NO_DRIVER, device="auto")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, rb"INFO \d+\] nvidia-smi took: \d+\.\d+ secs to identify 0 gpus\n")
        self.assertRegex(done.stdout, rb"INFO \d+\] Running single machine CPU BlazingText training")
        self.assertRegex(done.stdout, rb"INFO \d+\] No GPU \(there is no NVIDIA driver, libcuda\.so\.1\): " + ON_CPU)

    def test_a_job_with_an_old_driver_warns_and_trains(self):
        done = self.run_job(driver(OLD))
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, rb"WARNING \d+\] no GPU trains: the NVIDIA driver is of CUDA 11\.8, " + WANTED)

    def test_a_job_that_names_a_gpu_fails_and_says_what_was_found(self):
        done = self.run_job(NO_DRIVER, device="cuda")
        self.assertEqual(done.returncode, program.USAGE, done.stdout)
        failure = (self.folder / "ml/output/failure").read_text()
        self.assertIn('hyperparameter "device": got "cuda", but there is no NVIDIA driver', failure)


if __name__ == "__main__":
    program.main()
