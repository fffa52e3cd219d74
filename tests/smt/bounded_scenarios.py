#!/usr/bin/env python3
"""Bounded search against the explicit engine on the scenarios: bounded_scenarios.py LOCKSTEP [SECONDS [FILE...]].

For each expectation line with a violation, `prove --bmc` is given as many steps as the shortest counterexample has. It
must find a violation after just as many, or say that it is too large for the time given, and then how far it came. (Or
after as many as the nearest of all has: check ends at the first that shows on the way, and looks for who is stuck while
others go on only when it has seen everything.) Where others, or time, really go on, that shows in no single state and is
not looked for: then it must have found nothing. One row a line: result, steps reached, steps of the counterexample,
millions of terms, seconds, the line.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import time

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(root, "scripts"))
import expectations

ENDS = ("deadlock", "livelock")
MOST = 10000  # steps that --bmc takes
ONLY_CHECK = ("--reduction", "--search", "--no-silent-hang", "--no-false-blame", "--all")


def nearest(lockstep, line, *options):
    """The number of steps to the nearest violation that check shows; None: it shows none."""
    status, result, _ = expectations.run(lockstep, line, "--path", "shortest", *options, seconds=120)
    return min((len(v["trace"]), v["kind"]) for v in result["violations"]) if status == 1 else None


def compare(lockstep, line, seconds, found):
    line.options = line.without(*ONLY_CHECK)
    expected = nearest(lockstep, line)
    if expected is None:
        return None
    length, kind = expected
    start = time.monotonic()
    done = subprocess.run([lockstep, "prove", "--bmc", str(min(length, MOST)), "--timeout", str(seconds), "--json", found,
                           *line.options, line.file], capture_output=True, text=True, check=False)
    taken = time.monotonic() - start
    terms = re.search(r"formulas of ([\d,]+) terms", done.stdout)
    reached = re.search(r"no violation within (\d+) step", done.stdout)
    steps = int(reached[1]) if reached else 0
    if done.returncode == 1:
        with open(found, encoding="utf-8") as file:
            steps = len(json.load(file)["violations"][0]["trace"])
        verdict = "same" if steps == length or steps == nearest(lockstep, line, "--all")[0] else "DIFFERS"
    else:
        ends_up = kind in ENDS
        all_steps = "a longer run" in done.stdout and length <= MOST
        verdict = "DIFFERS" if done.returncode != 3 or (all_steps and not ends_up) else \
            "not asked" if all_steps else "too large"
        if verdict == "DIFFERS":
            print(done.stdout[:500], done.stderr[:500])
    million = int(terms[1].replace(",", "")) / 1e6 if terms else 0
    print(f"{verdict:10} {steps:4} {length:4} {million:7.2f} {taken:6.1f}  {line.text}", flush=True)
    return verdict


def main():
    lockstep = os.path.abspath(sys.argv[1])
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 30
    os.chdir(root)
    files = sys.argv[3:] or sorted(glob.glob("models/scenarios/*.c"))
    verdicts = []
    with tempfile.TemporaryDirectory() as scratch:
        for file in files:
            for line in expectations.lines_of(file):
                if line.holds or line.is_long:
                    continue
                verdicts.append(compare(lockstep, line, seconds, os.path.join(scratch, "found.json")))
    print(", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in ("same", "too large", "not asked", "DIFFERS")))
    return 1 if "DIFFERS" in verdicts or "same" not in verdicts else 0


if __name__ == "__main__":
    sys.exit(main())
