"""Registers, spilled bytes and shared memory of every kernel, of bench/gpu too, for each GPU that there is code for.

usage: resources.py [COMPUTE...]     such as 75 90; prints a table in Markdown, which RESOURCES.md keeps
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NVCC = shutil.which("nvcc") or "/usr/local/cuda/bin/nvcc"
KERNEL = re.compile(r"Compiling entry function '(.+)' for 'sm_(\d+)'")
SPILLS = re.compile(r"(\d+) bytes spill stores, (\d+) bytes spill loads")
USED = re.compile(r"Used (\d+) registers")
STATIC = re.compile(r"(\d+) bytes smem")


def report_of(source, computes):
    """What ptxas says of the kernels of a source."""
    code = [f"-gencode=arch=compute_{compute},code=sm_{compute}" for compute in computes]
    command = [NVCC, "-std=c++20", "-O3", "-I", str(ROOT / "src"), "-I", str(ROOT), *code, "-Xptxas", "-v", "-c", str(source),
               "-o", "/dev/null"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return subprocess.run(["c++filt"], check=True, capture_output=True, text=True, input=done.stderr).stdout


def name_of(signature):
    name = re.sub(r"wordfire::|\(anonymous namespace\)::|^void ", "", signature)
    return re.sub(r"\((?!anonymous).*", "", name)


def kernels(report):
    """Yields (kernel, compute, registers, spilled bytes, static shared memory)."""
    kernel = compute = spilled = None
    for line in report.splitlines():
        if match := KERNEL.search(line):
            kernel, compute = name_of(match.group(1)), match.group(2)
        elif match := SPILLS.search(line):
            spilled = int(match.group(1)) + int(match.group(2))
        elif match := USED.search(line):
            shared = STATIC.search(line)
            yield kernel, compute, int(match.group(1)), spilled, int(shared.group(1)) if shared else 0


def main(computes):
    table = {}
    for source in sorted(path for folder in ("src/cuda", "bench/gpu") for path in (ROOT / folder).glob("*.cu")):
        for kernel, compute, *usage in kernels(report_of(source, computes)):
            table.setdefault(kernel, {})[compute] = usage
    print("| kernel | " + " | ".join(computes) + " |")
    print("|---|" + "---|" * len(computes))
    for kernel, usage in sorted(table.items()):
        cells = [" / ".join(map(str, usage[compute])) for compute in computes]
        print(f"| `{kernel}` | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main(sys.argv[1:] or ["75", "80", "86", "89", "90"])
