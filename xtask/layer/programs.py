"""Every program that rootfs/ starts comes from a package that is in the image."""

import glob
import os
import re

from names import packages_of, runtime_names
from report import CORE, ROOT, found

ROOTFS = f"{ROOT}/rootfs"
BUILT_IN = set(
    ": . [ break command continue echo eval exec exit export false getopts kill local printf read return set shift"
    " test times trap true type ulimit umask unset wait cd".split()
)
# After these a command follows.
BEFORE_COMMAND = {"if", "then", "elif", "else", "while", "until", "do", "!", "{", "}", "fi", "done", "exec"}
ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
PLAIN = re.compile(r"^[\w./+-]+$")


class Script:
    """Reads a script of the shell as far as it takes to see what it starts."""

    def __init__(self, text):
        self.text = text
        self.position = 0
        self.commands = set()
        self.functions = set()

    def read(self):
        self.list("")
        return self.commands - self.functions - BUILT_IN

    def peek(self, count=1):
        return self.text[self.position : self.position + count]

    def list(self, end):
        """Commands up to `end`: nothing, or the bracket of a substitution."""
        expect, pattern, cases = True, False, 0
        while self.position < len(self.text):
            character = self.peek()
            if character == end and not pattern:
                self.position += 1
                return
            if character in " \t":
                self.position += 1
            elif self.peek(2) == "\\\n":
                self.position += 2
            elif character == "#":
                self.to_line_end()
            elif self.peek(2) == ";;":
                self.position += 2
                pattern = True
            elif character in "<>":
                self.redirection()
            elif character in "\n;&|()":
                pattern = pattern and character != ")"
                self.position += 1
                expect = True
            else:
                word = self.word()
                if pattern and word != "esac":
                    continue
                if word == "case":
                    cases, expect = cases + 1, False
                elif word == "in" and cases:
                    pattern = True
                elif word == "esac":
                    cases, pattern, expect = cases - 1, False, True
                elif expect:
                    expect = self.command(word)

    def command(self, word):
        """Whether another command follows this word."""
        if word in BEFORE_COMMAND or ASSIGNMENT.match(word):
            return True
        if self.peek(2) == "()":
            self.functions.add(word)
        elif word == "command":
            self.commands.update(re.findall(r"\s*-v\s+([\w.+-]+)", self.text[self.position :].split("\n")[0])[:1])
        elif word != "for" and PLAIN.match(word):
            self.commands.add(word)
        return False

    def to_line_end(self):
        end = self.text.find("\n", self.position)
        self.position = len(self.text) if end < 0 else end

    def redirection(self):
        while self.peek() and self.peek() in "<>&":
            self.position += 1
        while self.peek() == " ":
            self.position += 1
        self.word()

    def word(self):
        start = self.position
        while self.position < len(self.text) and self.peek() not in " \t\n;&|()<>":
            self.part()
        return self.text[start : self.position]

    def part(self):
        """One character, or something quoted or substituted."""
        if self.peek() == "'":
            self.position = self.text.index("'", self.position + 1) + 1
        elif self.peek() == '"':
            self.position += 1
            while self.peek() != '"':
                self.substitution_or_character()
            self.position += 1
        else:
            self.substitution_or_character()

    def substitution_or_character(self):
        if self.peek(2) == "$(":
            self.position += 2
            self.list(")")
        elif self.peek(2) == "${":
            self.position = self.text.index("}", self.position) + 1
        else:
            self.position += 2 if self.peek() == "\\" else 1


def started():
    """(file, program): what scripts, units, rules, sessions and the application start or load."""
    for file in glob.glob(f"{ROOTFS}/usr/lib/hitokoe/*"):
        text = open(file).read()
        if text.startswith("#!/bin/sh"):
            yield from ((file, name) for name in Script(text).read())
    for pattern, expression in (
        ("usr/lib/systemd/system/**", r"^Exec\w+=[-@:+!|]*(\S+)"),
        ("usr/lib/udev/rules.d/*", r'(?:RUN|PROGRAM|IMPORT\{program\})[+=]+"(\S+?)[ "]'),
        ("etc/pam.d/*", r"\s(pam_\w+\.so)"),
        ("etc/xdg/weston/*", r"([\w-]+\.so)\b"),
    ):
        for file in glob.glob(f"{ROOTFS}/{pattern}", recursive=True):
            if os.path.isfile(file):
                yield from ((file, name) for name in re.findall(expression, open(file).read(), re.M))
    for file in sources():
        yield from ((file, name) for name in re.findall(r'Command::new\("([\w./-]+)"\)', open(file).read()))


def sources():
    """Of the application, without its tests."""
    for file in glob.glob(f"{ROOT}/stb-app/src/**/*.rs", recursive=True):
        if "/tests" not in file:
            yield file


def elements():
    asked = r'ElementFactory::make\("(\w+)"\)|"([a-z0-9]+parse|avdec_\w+|\w+sink)"'
    for file in sources():
        for made, named in re.findall(asked, open(file).read()):
            yield file, made or named


def in_image(recipes):
    """Packages of the image: what it asks for, and what of ours these ask for."""
    needs = {}
    for d in recipes.values():
        for package, names in runtime_names(d).items():
            needs.setdefault(package, set()).update(names)
    wanted = ["stb-image"]
    image = set(CORE["layer"]["core"]["always"])
    while wanted:
        for name in needs.get(wanted.pop(), ()):
            if name not in image:
                image.add(name)
                wanted.append(name)
    return image


def check(recipes):
    """With all layers of others."""
    image = in_image(recipes)
    ours = set().union(*(packages_of(d) for d in recipes.values()))
    check_table("programs", started(), {package for package in image | ours})
    brought = check_table("elements", elements(), image | {"optional"})
    for package in sorted(brought - image - {"optional"}):
        found(f"{ROOT}/xtask/layer/core.toml", f"{package} is not in the image")


def check_table(table, uses, image):
    """What is used stands in the table under a package of the image; what stands there is used."""
    path_of, package_of = {}, {}
    for package, entries in CORE[table].items():
        for entry in entries:
            name = os.path.basename(entry)
            path_of[name], package_of[name] = entry, package
    used = set()
    for file, program in uses:
        name = os.path.basename(program)
        if os.path.exists(f"{ROOTFS}/{program.lstrip('/')}") and program.startswith("/"):
            continue
        used.add(name)
        if name not in package_of:
            found(file, f"{name}: no package is known to bring it; see [{table}] in xtask/layer/core.toml")
        elif package_of[name] not in image:
            found(file, f"{name} is in {package_of[name]}, which is not in the image")
        elif program.startswith("/") and program.lstrip("/") != path_of[name]:
            found(file, f"{program} lies in /{path_of[name]} on the box")
    for name in sorted(package_of.keys() - used):
        found(f"{ROOT}/xtask/layer/core.toml", f"[{table}] names {name}, which nothing uses")
    return {package_of[name] for name in used & package_of.keys()}
