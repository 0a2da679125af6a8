"""What supervised says and leaves behind: its log, its files, --check, validation, signals, and runs that diverge."""

import json
import os
import re
import signal
import subprocess
import threading

import program


class Log(program.Case):
    def log_of(self, verbose, *options):
        done = self.run_program("supervised", "-input", self.text, "-output", self.folder / "m", "-dim", 8, "-verbose",
                                verbose, *options)
        self.assertEqual((done.returncode, done.stdout), (0, b""))
        return done.stderr.decode()

    def test_verbose_0_says_nothing(self):
        self.assertEqual(self.log_of(0), "")

    def test_has_the_lines_of_fasttext(self):
        for verbose in (1, 2):
            log = self.log_of(verbose)
            self.assertRegex(log, r"\rRead 0M words\nNumber of words:  17\nNumber of labels: 2\n")
            self.assertRegex(log, r"\rProgress: 100\.0% words/sec/thread: +\d+ lr: +\d\.\d{6} avg\.loss: +\d+\.\d{6} "
                                  r"ETA: +\dh +\dm +\ds\n")

    def test_memory_is_told_before_training(self):
        log = self.log_of(1)
        self.assertLess(log.index("Memory: "), log.index("Progress: "))

    def test_each_epoch_is_scored(self):
        log = self.log_of(1, "-validation", self.text, "-epoch", 3)
        self.assertEqual(re.findall(r"^Epoch (\d): validation P@1 [01]\.\d{4} ", log, re.M), ["1", "2", "3"])


class Files(program.Case):
    def test_model_vectors_and_manifest_are_written(self):
        self.train(self.text, "-saveOutput")
        self.assertEqual({path.name for path in self.folder.iterdir()},
                         {"model.bin", "model.vec", "model.manifest.json", "model.output"})

    def test_manifest_has_the_options(self):
        self.train(self.text, "-wordNgrams", 2, "-loss", "ova")
        manifest = json.loads((self.folder / "model.manifest.json").read_bytes())
        self.assertEqual(manifest["options"]["wordNgrams"], 2)
        self.assertEqual(manifest["options"]["loss"], "one-vs-all")

    def test_verify_is_content_until_a_byte_changes(self):
        model = self.train(self.text)
        self.assertIn(b"every byte", self.succeed("verify", model))
        content = bytearray(model.read_bytes())
        content[-3] ^= 1
        model.write_bytes(content)
        done = self.run_program("verify", model)
        self.assertEqual(done.returncode, program.DATA)
        self.assertIn(str(model).encode(), done.stderr)

    def test_verify_without_a_manifest_says_so(self):
        model = self.train(self.text)
        (self.folder / "model.manifest.json").unlink()
        self.assertIn(b"there is no manifest", self.succeed("verify", model))

    def test_verify_knows_a_model_by_another_name(self):
        self.train(self.text)
        for ending in ("bin", "vec", "manifest.json"):
            (self.folder / f"model.{ending}").rename(self.folder / f"other.{ending}")
        self.assertIn(b"every byte", self.succeed("verify", self.folder / "other.bin"))

    def test_a_manifest_that_is_no_help_is_a_warning(self):
        model = self.train(self.text)
        (self.folder / "model.vec").unlink()
        self.assertIn(b"every byte", self.succeed("verify", model))
        for content in (b"{", b'{"manifest_version": 99}', (self.train(self.text, "-seed", 1, name="b").parent /
                                                          "b.manifest.json").read_bytes()):
            (self.folder / "model.manifest.json").write_bytes(content)
            done = self.run_program("verify", model)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn(b"warning: ", done.stderr)

    def test_check_reports_and_writes_nothing(self):
        done = self.run_program("supervised", "-input", self.text, "--check", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count(b"\n"), 5)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_deterministic_files_do_not_depend_on_threads(self):
        wanted = None
        for threads in (1, 2, 5):
            self.succeed("supervised", "-input", self.text, "-output", self.folder / "m", "-dim", 8, "-wordNgrams", 2,
                         "-bucket", 1000, "-verbose", 0, "-deterministic", "-thread", threads)
            files = [(self.folder / f"m{ending}").read_bytes() for ending in (".bin", ".vec")]
            wanted = wanted or files
            self.assertEqual(files, wanted)

    def test_a_run_that_diverges_names_step_and_rate(self):
        before = self.train(self.text).read_bytes()
        for loss in program.LOSSES:
            with self.subTest(loss=loss):
                message = self.fail_with(program.INTERNAL, "supervised", "-input", self.text, "-output",
                                         self.folder / "model", "-lr", 1000, "-loss", loss, "-epoch", 50, "-verbose", 0)
                self.assertRegex(message, r"step \d+ .*learning rate \d+")
                self.assertEqual((self.folder / "model.bin").read_bytes(), before)


class Stopping(program.Case):
    def start_endless(self):
        command = [self.program, "supervised", "-input", self.text, "-output", self.folder / "model", "-dim", "8",
                   "-epoch", "2000000000", "-thread", "2"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        timer = threading.Timer(program.SECONDS, process.kill)
        timer.start()
        self.addCleanup(timer.cancel)
        self.addCleanup(process.stderr.close)
        seen = b""
        while b"Progress:" not in seen:
            chunk = os.read(process.stderr.fileno(), 4096)
            self.assertTrue(chunk, seen)
            seen += chunk
        return process

    def test_a_signal_ends_training_and_keeps_the_older_model(self):
        model = self.train(self.text)
        before = {path.name: path.read_bytes() for path in self.folder.iterdir()}
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = self.start_endless()
            process.send_signal(number)
            said = process.stderr.read().decode()
            self.assertEqual(process.wait(), status, said)
            self.assertRegex(said, rf"\nwordfire: {number.name}: training was stopped, nothing was saved")
            self.assertEqual({path.name: path.read_bytes() for path in self.folder.iterdir()}, before)
        self.succeed("verify", model)


if __name__ == "__main__":
    program.main()
