"""Real labelled text for the comparisons: public data sets where they are at hand, else the machine's package index.

Data sets are looked for in the folder WORDFIRE_DATA, else in ../shared/data beside the repository: dbpedia, ag_news and
cooking, each with train.txt.xz and test.txt.xz. Without them (WORDFIRE_DATA=none, say) a labelled file is made of the package index, which every Debian or
Ubuntu machine has: name and short description of a package, its section as label. Unpacked files and slices are kept in
WORDFIRE_CACHE (CTest points it into the build folder). `python3 data.py` says which source is used and what it holds.
"""

import lzma
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HELD_OUT = 10  # one line in so many is test text
NAMES = ("dbpedia", "ag_news", "cooking")
PUNCTUATION = re.compile(r"([^\w\s])")


@dataclass(frozen=True)
class DataSet:
    """Training and test text in fastText's format."""

    name: str
    train: Path
    test: Path
    multi_label: bool


def cache_folder():
    default = Path(tempfile.gettempdir()) / f"wordfire-test-data-{os.getuid()}"
    folder = Path(os.environ.get("WORDFIRE_CACHE", default))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def make_once(path, write):
    """Calls write(file) unless `path` is there; safe with other tests doing the same at the same time."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            write(file)
        os.replace(file.name, path)
    return path


def data_folder():
    """The folder of the public data sets, or None."""
    folder = Path(os.environ.get("WORDFIRE_DATA") or ROOT.parent / "shared" / "data")
    return folder if all((folder / name / "train.txt.xz").exists() for name in NAMES) else None


def public_sets(folder):
    def unpacked(name, part):
        def write(file):
            with lzma.open(folder / name / f"{part}.txt.xz") as packed:
                shutil.copyfileobj(packed, file)

        return make_once(cache_folder() / name / f"{part}.txt", write)

    return {name: DataSet(name, unpacked(name, "train"), unpacked(name, "test"), name == "cooking") for name in NAMES}


def package_stanzas():
    """(name, section, short description, other labels) of every package that the index describes."""
    index = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, check=True).stdout
    for stanza in index.decode(errors="replace").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in stanza.split("\n") if ": " in line and line[0] != " ")
        text = fields.get("Description-en", fields.get("Description", ""))
        if text and "Section" in fields:
            tags = [tag.split("::")[-1] for tag in re.findall(r"\S+::[^\s,]+", fields.get("Tag", ""))]
            others = [*tags, "arch-all" if fields.get("Architecture") == "all" else "arch-one"]
            yield fields["Package"], fields["Section"].rsplit("/", 1)[-1], text, others


def package_line(name, labels, text):
    tokens = PUNCTUATION.sub(r" \1 ", f"{name} {text}".lower()).replace("_", " _ ").split()
    marks = [f"__label__{label}" for label in dict.fromkeys(labels)]
    return " ".join(marks + tokens).encode() + b"\n"


def package_sets():
    """The same packages twice: with the section as the one label, and with its tags, which Debian's index has, and the architecture."""
    folder = cache_folder() / "packages"
    lines = {"packages": [], "packages_multi": []}
    if not all((folder / f"{name}.{part}.txt").exists() for name in lines for part in ("train", "test")):
        for name, section, text, others in package_stanzas():
            lines["packages"].append(package_line(name, [section], text))
            lines["packages_multi"].append(package_line(name, [section, *others], text))
    sets = {}
    for name, all_lines in lines.items():
        held_out = all_lines[::HELD_OUT]
        kept = [line for i, line in enumerate(all_lines) if i % HELD_OUT]
        train = make_once(folder / f"{name}.train.txt", lambda file: file.writelines(in_mixed_order(kept)))
        test = make_once(folder / f"{name}.test.txt", lambda file: file.writelines(in_mixed_order(held_out)))
        sets[name] = DataSet(name, train, test, name == "packages_multi")
    return sets


def in_mixed_order(lines):
    """A fixed order without runs of equal labels: the index is sorted, and training wants its examples mixed."""
    step = 7919  # a prime, so that every line is met once
    count = len(lines)
    return [lines[i * step % count] for i in range(count)] if count % step else lines


def data_sets():
    """All data sets by name."""
    folder = data_folder()
    if folder:
        return public_sets(folder)
    if not shutil.which("apt-cache"):
        raise FileNotFoundError("no data: set WORDFIRE_DATA to a folder with dbpedia, ag_news and cooking, or run on a"
                                " machine with apt, whose package index serves as data")
    return package_sets()


def described_source():
    folder = data_folder()
    return f"data sets in {folder}" if folder else "the package index (apt-cache dumpavail); no public data sets at hand"


def single_label():
    return next(s for s in data_sets().values() if not s.multi_label)


def multi_label():
    return next(s for s in data_sets().values() if s.multi_label)


def head(path, lines):
    """A file with the first `lines` lines of `path`."""
    def write(file):
        with open(path, "rb") as source:
            file.writelines(line for _, line in zip(range(lines), source))

    return make_once(cache_folder() / "heads" / f"{path.parent.name}-{path.stem}-{lines}.txt", write)


if __name__ == "__main__":
    print("data:", described_source())
    for data_set in data_sets().values():
        for part in (data_set.train, data_set.test):
            print(f"{data_set.name}: {part} {part.read_bytes().count(bytes([10]))} lines")
