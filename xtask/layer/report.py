"""What all checks of the layer share: where it lies, what others bring, and what was found."""

import os
import sys
import tomllib

ROOT = os.path.abspath(sys.argv[1])
HITOKOE = os.path.join(ROOT, "yocto-layer")
EXAMPLE = os.path.join(HITOKOE, "example-operator")
LAYERS = [HITOKOE, EXAMPLE]

with open(os.path.join(os.path.dirname(__file__), "core.toml"), "rb") as _file:
    CORE = tomllib.load(_file)

# Layers of others that ours needs; the rest is taken up where it is there.
REQUIRED = ["core", "openembedded-layer"]
RECOMMENDED = sorted(set(CORE["layer"]) - set(REQUIRED))

findings = []


def found(path, what):
    # A recipe of others is a stand-in that lies elsewhere.
    place = os.path.relpath(path, ROOT) if path.startswith(ROOT) else os.path.basename(path)
    findings.append(f"{place}: {what}")


def expected(kind, present):
    """Names of one kind that the layers bring that are there."""
    return {name for layer in present for name in CORE["layer"][layer].get(kind, [])}
