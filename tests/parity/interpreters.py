"""Python interpreters that have a package which these tests compare with, and scripts run by them.

The package may belong to another Python than the one that runs the tests: Debian's gensim is /usr/bin/python3's. Tried are
WORDFIRE_PEER_PYTHON, the Python of the tests, and python3 and /usr/bin/python3.
"""

import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

TIMEOUT = 300  # seconds


@functools.cache
def python_with(package):
    """The first interpreter that imports `package`, or None."""
    for python in (os.environ.get("WORDFIRE_PEER_PYTHON"), sys.executable, shutil.which("python3"), "/usr/bin/python3"):
        if python and os.access(python, os.X_OK):
            done = subprocess.run([python, "-c", f"import {package}"], capture_output=True, timeout=TIMEOUT)
            if done.returncode == 0:
                return python
    return None


def ask(python, script, *arguments):
    """What a script beside this file prints, as JSON."""
    command = [python, "-B", Path(__file__).with_name(script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, timeout=TIMEOUT)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}\n{done.stderr.decode(errors='replace')}")
    return json.loads(done.stdout)
