"""The rules of the source tree that a compiler does not check: who includes whom, headers, file sizes, paths."""

import os
import re
import shutil
import subprocess
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CXX = os.environ.get("CXX", "c++")

# Who may include whom among the folders of src.
ALLOWED = {
    "core": set(),
    "io": {"core"},
    "dist": {"core"},
    "cuda": {"core"},
    "train": {"core", "io", "cuda", "dist"},
    "serve": {"core", "io"},
    "sagemaker": {"train", "serve", "io", "core"},
}
# Which folders may use a library, by the start of its headers. Those that are not here are for all.
LIBRARIES = {
    "Eigen/": {"core"},
    "hwy/": {"core"},
    "omp.h": {"core"},
    "xxhash.h": {"core", "io"},
    "simdjson": {"io", "serve"},
    "boost/": {"serve"},
    "prometheus/": {"serve"},
    "zlib.h": {"io"},
    "zstd": {"io"},
    "archive": {"serve"},
    "google/protobuf": {"io"},
    "mpi.h": {"dist"},
    "cuda_runtime": {"cuda"},
    "cooperative_groups": {"cuda"},
    "cub/": {"cuda"},
    "CLI/": set(),
}
MOST_LINES = 500
MANY_LINES = 300
OUR_INCLUDE = re.compile(r'^\s*#\s*include\s*"([a-z_]+)/', re.M)
ANY_INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)', re.M)
# Which files start threads: each may for a reason that its header gives.
THREAD_STARTERS = {"parallel", "mpi_engine", "http_server"}
THREAD = re.compile(r"#\s*pragma omp parallel|std::j?thread\b(?!::)|std::async\b|pthread_create")
HOME_PATH = re.compile(r"/(?:home|Users)/[A-Za-z0-9_.-]+/|/root/[A-Za-z0-9_.-]+")
SOURCE_SUFFIXES = {".h", ".cc", ".cu", ".cuh", ".py", ".sh", ".cmake", ".txt", ".md", ".json", ""}


def files_under(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def named(path):
    return str(path.relative_to(ROOT))


def source_files():
    """Programs and sources: what a person reads, so not the data of tests."""
    code = {".h", ".cc", ".cu", ".cuh", ".py", ".sh", ""}
    return [path for path in files_under("src", "tools", "bench", "docker", "tests") if path.suffix in code]


def headers():
    return [path for path in files_under("src") if path.suffix in {".h", ".cuh"}]


def mpi_flags():
    """What finds mpi.h; None where there is none."""
    if shutil.which("mpicc") is None:
        return None
    shown = subprocess.run(["mpicc", "--showme:compile"], capture_output=True, text=True)
    return shown.stdout.split() if shown.returncode == 0 else None


def nvcc():
    """The compiler of device-only headers; None where there is none."""
    return shutil.which("nvcc") or shutil.which("/usr/local/cuda/bin/nvcc")


def compile_alone(header):
    flags = ["-I", str(ROOT / "src")]
    if "<mpi.h>" in header.read_text() or "mpi_pulse.h" in header.read_text():
        if mpi_flags() is None:
            return ""
        flags += mpi_flags()
    command = [CXX, "-std=c++20", "-fsyntax-only", "-w", *flags, "-x", "c++", str(header)]
    if header.suffix == ".cuh":
        if nvcc() is None:
            return ""
        command = [nvcc(), "-std=c++20", "-w", *flags, "-x", "cu", "-ptx", "-o", os.devnull, str(header)]
    done = subprocess.run(command, capture_output=True, text=True)
    return "" if done.returncode == 0 else f"{named(header)}:\n{done.stderr}"


def library_sources(folder):
    return [path for path in files_under(f"src/{folder}") if path.suffix in {".h", ".cc", ".cu", ".cuh"}]


class Structure(unittest.TestCase):
    def test_folders_include_only_what_lies_below_them(self):
        wrong = []
        for folder, allowed in ALLOWED.items():
            for path in library_sources(folder):
                others = set(OUR_INCLUDE.findall(path.read_text())) & set(ALLOWED)
                wrong += [f"{named(path)} includes {other}/" for other in others - allowed - {folder}]
        self.assertEqual(wrong, [])

    def test_each_library_is_used_in_its_folders_alone(self):
        wrong = []
        for folder in ALLOWED:
            for path in library_sources(folder):
                for include in ANY_INCLUDE.findall(path.read_text()):
                    owners = next((o for start, o in LIBRARIES.items() if include.startswith(start)), {folder})
                    if folder not in owners:
                        wrong.append(f"{named(path)} includes {include}")
        self.assertEqual(wrong, [])

    def test_threads_start_in_few_places(self):
        others = [path for folder in ALLOWED for path in library_sources(folder) if path.stem not in THREAD_STARTERS]
        self.assertEqual([named(path) for path in others if THREAD.search(path.read_text())], [])

    def test_every_folder_of_src_has_a_rule(self):
        folders = {path.name for path in (ROOT / "src").iterdir() if path.is_dir()}
        self.assertEqual(folders - {"cmake"}, set(ALLOWED))

    def test_every_header_has_its_guard(self):
        # X-inl.h is compiled once for each instruction set: Highway's guard stands there.
        guard = {True: "\n#if defined(WORDFIRE_", False: "\n#pragma once\n"}
        missing = [
            named(path) for path in headers() if guard[path.stem.endswith("-inl")] not in path.read_text()
        ]
        self.assertEqual(missing, [])

    def test_every_header_compiles_alone(self):
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            failures = list(filter(None, pool.map(compile_alone, headers())))
        self.assertEqual(failures, [], "\n".join(failures))

    def test_no_file_is_longer_than_one_concept(self):
        lines = {named(path): path.read_bytes().count(b"\n") for path in source_files()}
        for name, count in lines.items():
            if count > MANY_LINES:
                print(f"note: {name} has {count} lines; more than one concept?")
        self.assertEqual({name: count for name, count in lines.items() if count > MOST_LINES}, {})

    def test_no_file_names_a_home_directory(self):
        found = []
        for path in [*files_under("src", "tools", "bench", "docker", "tests"), *ROOT.glob("*.*")]:
            if path.suffix in SOURCE_SUFFIXES and path != Path(__file__).resolve() and path.is_file():
                if match := HOME_PATH.search(path.read_text(errors="replace")):
                    found.append(f"{named(path)}: {match.group()}")
        self.assertEqual(found, [])


if __name__ == "__main__":
    unittest.main()
