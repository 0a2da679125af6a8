"""A model of 2 to 64 hosts, from what ranks on one machine were measured to compute and to send.

usage: hosts.py --json RANKS.JSON [options]

RANKS.JSON is what bench/e2e/ranks.py --rows overhead traffic has written. Of each mode in it:
  rate      words a second that one thread trains, of one process with a thread on every processor
  cost      processor seconds for each byte that is sent: to gather moves, to sum and to apply them
  bytes     of a round, and how many rounds an epoch has: the program prints and counts them
A machine of p processors spends 1 / rate + cost * bytes for each word, on p processors. That is checked: `cost` comes from the
runs with 2 ranks and foretells those with 4, and the other way round. Then, for N hosts of --cores processors:
  computing    (1 / rate + cost * bytes) / cores for each word
  sending      bytes / bandwidth, and for each round 2 log2(N) messages of --latency one behind the other
A round's exchange goes on while the next one is trained, so that a word takes the longer of the two. bytes: a text of --words
words has as many rounds as the measured ones, growing with the hosts as those did with the ranks, or for a longer text as many as
bring it to --budget bytes a word (src/train/rank_rounds.cc); a sum over N ranks sends 2 (N - 1) / N of what is summed.
"""

import argparse
import json
from dataclasses import dataclass
from math import log2
from pathlib import Path
from statistics import median

GIGABITS = (10, 25, 100)
HOSTS = (2, 4, 8, 16, 32, 64)
# Of what a link is sold as, TCP carries so much.
USABLE = 0.94


@dataclass
class Measured:
    """Runs of one mode, with so many ranks."""
    ranks: int
    words_per_second: float  # of all ranks
    bytes_a_word: float
    rounds: int  # of an epoch
    words: int  # of an epoch


def median_of(runs, name):
    return median(run[name] for run in runs)


def measured_runs(runs):
    """By mode, by number of ranks: those with all weights sent in single precision."""
    modes = {}
    for run in runs:
        if run["row"] == "overhead":
            modes.setdefault(run["mode"], {}).setdefault(run["ranks"], []).append(run)
    return {mode: {ranks: Measured(ranks, median_of(of, "words_per_second"), median_of(of, "bytes_a_word") if ranks > 1 else 0,
                                   of[0].get("rounds", 1), of[0]["words"]) for ranks, of in by_ranks.items()}
            for mode, by_ranks in modes.items()}


class Model:
    def __init__(self, runs, processors, ranks):
        """ranks: of the runs that give the cost of a byte."""
        self.runs = runs
        self.processors = processors
        self.rate = runs[1].words_per_second / processors
        run = runs[ranks]
        seconds = processors / run.words_per_second - 1 / self.rate
        self.cost = max(0.0, seconds / run.bytes_a_word)
        few, many = (runs[ranks] for ranks in sorted(runs)[-2:])
        # Of the fewest rounds that quality needs: 0 or 1, with the number of ranks.
        self.growth = log2(many.rounds / few.rounds) / log2(many.ranks / few.ranks) if few.ranks > 1 else 0

    def words_per_second_here(self, run):
        return self.processors / (1 / self.rate + self.cost * run.bytes_a_word)

    def bytes_a_word(self, hosts, words, budget):
        run = self.runs[max(self.runs)]
        of_round = run.bytes_a_word * run.words / run.ranks / run.rounds / (1 - 1 / run.ranks)
        rounds = max(run.rounds * (hosts / run.ranks) ** self.growth, words / hosts * budget / of_round)
        return of_round * (1 - 1 / hosts) * rounds / (words / hosts), rounds

    def efficiency(self, hosts, gigabits, options):
        sent, rounds = self.bytes_a_word(hosts, options.words, options.budget)
        sent *= 0.5 if options.half else 1
        computing = (1 / self.rate + self.cost * sent) / options.cores
        latency = 2 * log2(hosts) * options.latency * rounds / (options.words / hosts)
        sending = sent / (gigabits / 8 * 1e9 * USABLE) + latency
        return 1 / self.rate / options.cores / max(computing, sending), sent


def check(mode, runs, processors):
    for known, unknown in ((2, 4), (4, 2)):
        if known not in runs or unknown not in runs:
            continue
        foretold = Model(runs, processors, known).words_per_second_here(runs[unknown])
        found = runs[unknown].words_per_second
        print(f"| {mode} | {unknown} | {foretold / 1e6:.2f} | {found / 1e6:.2f} | {100 * (foretold / found - 1):+.0f} % |")


def table(mode, model, options):
    for hosts in HOSTS:
        found = [model.efficiency(hosts, gigabits, options) for gigabits in GIGABITS]
        shares = " | ".join(f"{100 * share:.0f} %" for share, _ in found)
        print(f"| {mode} | {hosts} | {found[0][1]:.1f} | {shares} |")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--cores", type=int, default=16, help="of a host")
    parser.add_argument("--words", type=float, default=1e9, help="of the text")
    parser.add_argument("--budget", type=float, default=24, help="bytes a word that rounds are planned for")
    parser.add_argument("--latency", type=float, default=50e-6, help="seconds from one host to another")
    parser.add_argument("--half", action="store_true", help="with -halfTraffic")
    return parser.parse_args()


def main():
    options = arguments()
    report = json.loads(options.json.read_text())
    modes = measured_runs(report["runs"])
    processors = report["machine"]["cores"]
    print("| mode | ranks | foretold, M words/s | measured | off by |\n|---|---|---|---|---|")
    for mode, runs in modes.items():
        check(mode, runs, processors)
    print("\n| mode | hosts | bytes a word | " + " | ".join(f"{g} Gbit/s" for g in GIGABITS) + " |\n|---|---|---|---|---|---|")
    for mode, runs in modes.items():
        table(mode, Model(runs, processors, max(runs)), options)


if __name__ == "__main__":
    main()
