"""The expectation lines of the models (their grammar is in models/README.md): reading, running and judging them.

For scripts/bug-table and scripts/mutate-models; `lockstep suite` does the same (checker/suite).
"""
import json
import re
import subprocess


class Line:
    def __init__(self, file, is_long, options, verdict):
        self.file = file
        self.is_long = is_long
        self.options = options.split()
        self.text = f"{file} {options}".strip()
        self.holds = verdict == "holds"
        self.findings = [] if self.holds else verdict.removeprefix("violated ").split(";")

    def value_of(self, option):
        """What is named after it; None: the line does not have it."""
        return self.options[self.options.index(option) + 1] if option in self.options else None

    def without(self, *options):
        """The options but for these, and for their values if they have any."""
        words, rest = iter(self.options), []
        for word in words:
            if word not in options:
                rest.append(word)
            elif word not in ("--all", "--no-false-blame"):
                next(words)
        return rest


def first_comment(file):
    with open(file, encoding="utf-8") as text:
        for line in text:
            if line == " */\n":
                return
            yield line.rstrip("\n")


def lines_of(file):
    for line in first_comment(file):
        match = re.match(r" \* expect(-long)? (.*?): (.*)", line)
        if match:
            yield Line(file, match[1] is not None, match[2], match[3])


def run(lockstep, line, *more, seconds=None):
    """Exit status, result (None: there is none) and what was said about errors."""
    try:
        done = subprocess.run([lockstep, "check", "--json", "-", *line.options, *more, line.file],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        return 3, None, "no end"
    return done.returncode, json.loads(done.stdout) if done.returncode in (0, 1, 3) else None, done.stderr


def text_of(value):
    return value if isinstance(value, str) else json.dumps(value)


def is_found(finding, violation):
    kind = []
    for word in finding.split():
        name, equals, pattern = word.partition("=")
        if equals:
            if not re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text_of(violation[name]), re.DOTALL):
                return False
        elif word in ("permanent", "transient"):
            if violation["permanent"] is not (word == "permanent"):
                return False
        else:
            kind.append(word)
    return " ".join(kind) == violation["kind"]


def judge(line, result):
    """What is not as expected; empty: nothing."""
    if result["verdict"] != ("holds" if line.holds else "violated"):
        return result["verdict"] + "".join(" " + violation["kind"] for violation in result["violations"][:1])
    for violation in result["violations"]:
        if not any(is_found(finding, violation) for finding in line.findings):
            return f"not expected: {violation['kind']} {violation['task']}"
    for finding in line.findings:
        if not any(is_found(finding, violation) for violation in result["violations"]):
            return f"not found: {finding.strip()}"
    return ""
