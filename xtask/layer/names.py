"""Names of others that the layer uses, against core.toml: packages, recipes, variables, options of the kernel."""

import glob
import os
import re

from report import CORE, EXAMPLE, HITOKOE, ROOT, expected, found

# `NAME:override[flag] ?= ...` at the start of a line.
ASSIGNED = re.compile(r"^(?:export )?([A-Za-z][\w.+-]*)(?:[:\[][^=\s]*)?\s*(?:\?\?=|\?=|:=|\+=|=\+|\.=|=\.|=)", re.M)
# Names of collections stand behind some variables of layer.conf.
OF_COLLECTION = re.compile(r"_(?:hitokoe|example-operator)$")


def packages_of(d):
    """What a recipe of ours makes."""
    listed = " ".join(filter(None, [d.getVar("PACKAGES"), d.getVar("PACKAGE_BEFORE_PN"), d.getVar("PN")]))
    return set(listed.split())


def runtime_names(d):
    """Package -> what it needs at run time."""
    needs = {}
    for key in d.keys():
        kind, _, package = key.partition(":")
        if kind in ("RDEPENDS", "RRECOMMENDS") and package:
            needs.setdefault(package, set()).update((d.getVar(key) or "").split())
    if d.getVar("IMAGE_INSTALL"):
        # The core installs what a machine asks for through its own package group.
        asked = f"{d.getVar('IMAGE_INSTALL')} {d.getVar('MACHINE_EXTRA_RRECOMMENDS') or ''}"
        needs[d.getVar("PN")] = set(asked.split())
    return needs


def build_names(d):
    names = set((d.getVar("DEPENDS") or "").split()) | set((d.getVar("WKS_FILE_DEPENDS") or "").split())
    for task in ("do_image_wic", "do_compile", "do_install"):
        names.update(entry.split(":")[0] for entry in (d.getVarFlag(task, "depends") or "").split())
    return names


def check_names(recipes, present):
    """Every name is ours or stands in core.toml under a layer that is there."""
    ours = set().union(*(packages_of(d) for d in recipes.values()))
    built = {d.getVar("PN") for d in recipes.values()}
    built |= {f"{d.getVar('PN')}-native" for d in recipes.values() if d.getVar("BBCLASSEXTEND") == "native"}
    layers = ", ".join(sorted(present))
    for recipe, d in recipes.items():
        for package, needs in runtime_names(d).items():
            for name in sorted(needs - ours - expected("packages", present)):
                found(recipe, f"{package} needs the package {name}, which none of {layers} is known to bring")
        for name in sorted(build_names(d) - built - expected("recipes", present)):
            found(recipe, f"is built with {name}, which none of {layers} is known to have")
    check_options({d.getVar("PN"): d for d in recipes.values()}, present)


def check_options(by_name, present):
    """Recipes of others are built with what core.toml says, and nothing else of ours."""
    wanted = {}
    for layer in present:
        wanted.update(CORE["layer"][layer].get("packageconfig", {}))
    for name in sorted(wanted.keys() | by_name.keys()):
        options = (by_name[name].getVar("PACKAGECONFIG") or "") if name in by_name else ""
        for option in sorted(set(options.split()) ^ set(wanted.get(name, []))):
            found(f"{name}.bb", f"PACKAGECONFIG {option} is not both in core.toml and in an append")


def check_architectures(recipes):
    """What is built once for a processor must not depend on what each machine builds for itself."""
    of_machine = set()
    for d in recipes.values():
        if d.getVar("PACKAGE_ARCH") == d.getVar("MACHINE_ARCH"):
            of_machine |= packages_of(d)
    for recipe, d in recipes.items():
        if d.getVar("PACKAGE_ARCH") == d.getVar("MACHINE_ARCH") or d.getVar("IMAGE_INSTALL"):
            continue
        for package, needs in runtime_names(d).items():
            for name in sorted(needs & of_machine):
                found(recipe, f"{package} is shared by machines and needs {name}, which is a machine's own")


def check_others_unchanged(recipe, before, after):
    """An append for somebody else's recipe does nothing outside of our distribution."""
    before, after = ({key: d.getVar(key, False) for key in d.keys() if visible(key)} for d in (before, after))
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            found(recipe, f"changes {key} for distributions of others")


def visible(key):
    return not key.startswith("__") and key not in ("BBINCLUDED", "FILE", "OVERRIDES")


def check_variables():
    for ending in (".bb", ".inc", ".bbappend", ".conf"):
        for file in glob.glob(f"{HITOKOE}/**/*{ending}", recursive=True):
            if "/files/" in file:
                continue
            present = {"core", "openembedded-layer", *re.findall("/dynamic-layers/([^/]+)/", file)}
            known = expected("variables", present)
            for name in sorted(set(ASSIGNED.findall(open(file).read()))):
                bare = OF_COLLECTION.sub("", name)
                if not bare.startswith(("HITOKOE_", "do_")) and bare not in known:
                    found(file, f"sets {name}, which nothing is known to read")


def fragments(d):
    """Options of the kernel by fragment, as this machine gets them."""
    paths = (d.getVar("FILESPATH") or "").split(":")
    for entry in (d.getVar("SRC_URI") or "").split():
        name = entry.removeprefix("file://")
        file = next((f"{path}/{name}" for path in paths if os.path.exists(f"{path}/{name}")), None)
        if name.endswith(".cfg") and file:
            yield file, set(re.findall(r"^CONFIG_(\w+)=[ym]$", open(file).read(), re.M))


def check_kernel(d, present):
    together = set()
    for file, options in fragments(d):
        together |= options
        for option in sorted(options):
            if option not in CORE["kernel"]:
                found(file, f"CONFIG_{option} is not known to the kernel")
            for need in sorted(set(CORE["kernel"].get(option, [])) - options):
                found(file, f"CONFIG_{option} is of no effect without CONFIG_{need}")
    for option in sorted(expected("kernel", present) - together):
        found(HITOKOE, f"{d.getVar('MACHINE')}: no fragment sets CONFIG_{option}, which the box needs")


def check_tools(d):
    """Switches of the small tools that the scripts use are turned on."""
    turned_on = set().union(*(options for _file, options in fragments(d)))
    for script in sorted(glob.glob(f"{ROOT}/rootfs/usr/lib/hitokoe/*")):
        text = re.sub(r"^\s*#.*$", "", open(script).read(), flags=re.M)
        for use, option in CORE["tools"].items():
            if re.search(use, text) and option not in turned_on:
                found(script, f"uses `{use}`, and no fragment of busybox turns CONFIG_{option} on")


def check_layer_files(layer):
    readme = f"{layer}/README.md"
    text = open(readme).read().lower() if os.path.exists(readme) else ""
    for word in ("maintainer", "patch", "@", "wrynose", "dependencies"):
        if word not in text:
            found(layer, f"README.md is missing or says nothing of `{word}`")
    wanted = ["SECURITY.md"] + (["LICENSE"] if layer != EXAMPLE else [])
    for name in wanted:
        if not os.path.exists(f"{layer}/{name}") or not os.path.getsize(f"{layer}/{name}"):
            found(layer, f"{name} is missing or empty")
    if os.path.isdir(f"{layer}/conf/distro") and os.path.isdir(f"{layer}/conf/machine"):
        found(layer, "distribution and machine in one layer: yocto-check-layer refuses it")
