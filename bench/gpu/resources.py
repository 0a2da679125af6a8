"""Registers, stack (where spilled registers go) and memory of every kernel, for each GPU that there is code for.

usage: resources.py LIBRARY     such as build/cuda/src/cuda/libwordfire_cuda.a; prints a table in Markdown
"""

import re
import shutil
import subprocess
import sys

CUOBJDUMP = shutil.which("cuobjdump") or "/usr/local/cuda/bin/cuobjdump"
USAGE = re.compile(r"REG:(\d+) STACK:(\d+) SHARED:(\d+) LOCAL:(\d+)")


def output_of(*command, text=None):
    return subprocess.run(command, check=True, capture_output=True, text=True, input=text).stdout


def kernels(library):
    """Yields (kernel, architecture, registers, stack, shared, local)."""
    architecture = kernel = None
    for line in output_of("c++filt", text=output_of(CUOBJDUMP, "--dump-resource-usage", library)).splitlines():
        if match := re.match(r"arch = (\w+)", line):
            architecture = match.group(1)
        elif match := re.search(r"Function (.+):$", line.strip()):
            kernel = re.sub(r"\((wordfire|int|float|void|unsigned).*|wordfire::|\(anonymous namespace\)::|void ", "",
                            match.group(1)).split("(")[0]
        elif match := USAGE.search(line):
            yield kernel, architecture, *map(int, match.groups())


def main(library):
    table = {}
    for kernel, architecture, registers, stack, shared, local in kernels(library):
        table.setdefault(kernel, {})[architecture] = (registers, stack, shared, local)
    architectures = sorted({name for usage in table.values() for name in usage})
    print("| kernel | " + " | ".join(architectures) + " |")
    print("|---|" + "---|" * len(architectures))
    for kernel, usage in sorted(table.items()):
        cells = ["/".join(map(str, usage[name])) if name in usage else "" for name in architectures]
        print(f"| `{kernel}` | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
