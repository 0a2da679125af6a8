"""clang-format over every source file; with WORDFIRE_LONG set, clang-tidy over everything that this build compiles.

usage: style_test.py BUILD_FOLDER
"""

import os
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The version decides where lines break, so no other will do.
CLANG_FORMAT = "clang-format-14"
RUN_CLANG_TIDY = "run-clang-tidy-14"


def source_files():
    for folder in ("src", "tools", "bench", "tests"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".h", ".cc", ".cu", ".cuh"}:
                yield str(path)


def output_of(command):
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    return done.returncode, done.stdout + done.stderr


class Style(unittest.TestCase):
    build = None

    @unittest.skipUnless(shutil.which(CLANG_FORMAT), f"{CLANG_FORMAT} is not installed")
    def test_sources_are_formatted(self):
        status, output = output_of([CLANG_FORMAT, "--dry-run", "-Werror", *source_files()])
        self.assertEqual(status, 0, f"\n{output}\nrun: {CLANG_FORMAT} -i on these files")

    @unittest.skipUnless(os.environ.get("WORDFIRE_LONG"), "clang-tidy takes minutes: tests/run --long")
    @unittest.skipUnless(shutil.which(RUN_CLANG_TIDY), f"{RUN_CLANG_TIDY} is not installed")
    def test_clang_tidy_finds_nothing(self):
        status, output = output_of([RUN_CLANG_TIDY, "-quiet", "-p", self.build, "-extra-arg=-Wno-error"])
        findings = [line for line in output.splitlines() if "error:" in line or "warning:" in line]
        self.assertEqual((status, sorted(set(findings))), (0, []))


if __name__ == "__main__":
    Style.build = sys.argv.pop()
    unittest.main()
