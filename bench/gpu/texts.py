"""The texts of the benchmarks on a GPU, unpacked: a folder as shared/data has them, or a part of it.

usage: texts.py DATA WORK     unpacks what there is of TEXTS from the folder DATA to the folder WORK

Files may be as they are, or packed as .xz or .gz.
"""

import gzip
import lzma
import os
import shutil
import sys
from pathlib import Path

TEXTS = ("dbpedia/train.txt", "dbpedia/test.txt", "wiki/wiki.txt", "eval/men3000.tsv", "eval/wordsim353.tsv",
         "eval/questions-words.txt")
OPENERS = {"": open, ".xz": lzma.open, ".gz": gzip.open}


def unpacked(data, work, name):
    """The path of a text in `work`, made of what `data` has of it; None where it has none."""
    target = work / name
    if target.exists():
        return target
    for suffix, opener in OPENERS.items():
        source = data / f"{name}{suffix}"
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_suffix(".part")
            with opener(source, "rb") as packed, open(part, "wb") as file:
                shutil.copyfileobj(packed, file, 1 << 20)
            os.replace(part, target)
            return target
    return None


def all_unpacked(data, work):
    """Name to path, of those that are there."""
    found = {name: unpacked(data, work, name) for name in TEXTS}
    return {name: path for name, path in found.items() if path}


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    data, work = map(Path, sys.argv[1:])
    found = all_unpacked(data, work)
    for name in TEXTS:
        print(f"{name}: {found[name].stat().st_size:,} bytes" if name in found else f"{name}: not in {data}")
    if not found:
        sys.exit(f"{data}: has none of the texts, want some of: {' '.join(TEXTS)} (.xz, .gz)")


if __name__ == "__main__":
    main()
