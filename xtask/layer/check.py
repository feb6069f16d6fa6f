"""Checks of yocto-layer/ that need no build: BitBake's own parser on a stub core, and what it cannot see.

Run by `cargo xtask test layer`; prints one finding per line and fails when there is one. BitBake comes from the
package index as a library, without openembedded-core: what others bring stands in core.toml, by name. What only
the real core can tell (tasks, sources, what a build makes) is checked with it: see the layer's README.
"""

import glob
import hashlib
import json
import os
import re
import sys
import tempfile

import names
import programs
import stub
from report import HITOKOE, LAYERS, RECOMMENDED, REQUIRED, ROOT, findings, found

IMAGE_FEATURES = {
    "allow-empty-password", "allow-root-login", "empty-root-password", "read-only-rootfs",
    "ssh-server-dropbear", "tools-debug",
}
IMAGE_TYPES = {"erofs-lz4hc", "wic.zst", "wic.bmap"}
LICENCES = {"Apache-2.0", "BSD-3-Clause", "CC-BY-3.0"}
NEEDED = ["SUMMARY", "LICENSE"]


def check_sources(recipe, d):
    paths = [p for p in (d.getVar("FILESPATH") or "").split(":") if p]
    for entry in (d.getVar("SRC_URI") or "").split():
        scheme, _, rest = entry.partition("://")
        name = rest.split(";")[0]
        if scheme == "file" and not any(os.path.exists(os.path.join(p, name)) for p in paths):
            found(recipe, f"file://{name} lies in none of {paths}")
        if scheme not in ("file", "crate", "https"):
            found(recipe, f"{entry}: fetched by a way that is not file, crate or https")
        if scheme == "crate":
            key = "-".join(name.split("/")[1:])
            if not d.getVarFlag("SRC_URI", f"{key}.sha256sum"):
                found(recipe, f"{entry} has no checksum")


def check_licence(recipe, d):
    for name in (d.getVar("LICENSE") or "").replace("&", " ").replace("|", " ").split():
        if name not in LICENCES:
            found(recipe, f"licence {name} is not one this layer has used; add it to the check")
    for entry in (d.getVar("LIC_FILES_CHKSUM") or "").split():
        name, _, digest = entry.partition(";md5=")
        name = name.removeprefix("file://")
        ours = os.path.join(ROOT, name)
        if "subdir=hitokoe" in (d.getVar("SRC_URI") or "") and os.path.exists(ours):
            if hashlib.md5(open(ours, "rb").read()).hexdigest() != digest:
                found(recipe, f"{name} has another checksum than LIC_FILES_CHKSUM says")


def check_recipe(recipe, d):
    for key in NEEDED:
        if not d.getVar(key):
            found(recipe, f"{key} is missing")
    check_sources(recipe, d)
    if "/images/" not in recipe and "packagegroup" not in recipe:
        check_licence(recipe, d)
    for feature in (d.getVar("IMAGE_FEATURES") or "").split():
        if feature not in IMAGE_FEATURES:
            found(recipe, f"image feature {feature}: the core would skip the image without a word")
    for kind in (d.getVar("IMAGE_FSTYPES") or "").split():
        if kind not in IMAGE_TYPES:
            found(recipe, f"image type {kind} is not one that this layer is known to build")
    for unit in (d.getVar("SYSTEMD_SERVICE:" + d.getVar("PN")) or "").split():
        if not os.path.exists(f"{ROOT}/rootfs/usr/lib/systemd/system/{unit}"):
            found(recipe, f"unit {unit} is not in rootfs/")
    text = open(recipe).read()
    for old in re.findall(r"^\w+_(?:append|prepend|remove)\b", text, re.M):
        found(recipe, f"{old}: overrides are written with a colon")


def check_version(recipe, version):
    if os.path.basename(recipe).startswith(("stb-app", "cable-gateway", "hitokoe-")):
        if not recipe.endswith(f"_{version}.bb"):
            found(recipe, f"the workspace has version {version}")


def check_users(d):
    """sysusers.d and the recipe must make the same users: the core compares them at image time."""
    declared = open(f"{ROOT}/rootfs/usr/lib/sysusers.d/hitokoe.conf").read()
    made = d.getVar("USERADD_PARAM:hitokoe-rootfs") or ""
    for name, comment, home, shell in re.findall(
        r'^u\s+(\S+)\s+-\s+"([^"]*)"\s+(\S+)\s+(\S+)', declared, re.M
    ):
        wanted = [f"--comment '{comment}'", f"--home-dir {home} ", f"--shell {shell} {name}"]
        one = next((part for part in made.split(";") if part.split()[-1] == name), "")
        for part in wanted:
            if part not in one:
                found(HITOKOE, f"user {name}: USERADD_PARAM lacks `{part}` of sysusers.d")


def check_command_line(recipe, d):
    """What a machine adds must stand in the first boot entry and in the slot, from which updates take it."""
    task = {"hitokoe-boot-entries": "do_compile", "hitokoe-rootfs": "do_install"}.get(d.getVar("PN"))
    if task is None:
        return
    if d.getVar("HITOKOE_CMDLINE_MACHINE") not in d.getVar(task):
        found(recipe, f"{task} leaves HITOKOE_CMDLINE_MACHINE out of the kernel's command line")
    if d.getVar("PACKAGE_ARCH") != d.getVar("MACHINE_ARCH"):
        found(recipe, "depends on the machine: PACKAGE_ARCH must be MACHINE_ARCH")


def check_disk(d):
    file = f"{HITOKOE}/files/wic/stb-ab.wks.in"
    text = open(file).read()
    for name in set(re.findall(r"\$\{(\w+)\}", text)):
        if not d.getVar(name):
            found(file, f"{name} is set by no machine and not by the core")
    for label in ("esp", "rootfs-a", "rootfs-b", "data"):
        if f"--part-name {label}" not in text:
            found(file, f"no partition is called {label}, which rootfs/ asks for")


def check_kas():
    import jsonschema
    import kas
    import yaml

    schema = json.load(open(os.path.join(os.path.dirname(kas.__file__), "schema-kas.json")))
    files = glob.glob(f"{ROOT}/yocto-layer/kas/*.yml")
    if not files:
        found(HITOKOE, "no kas file")
    for file in sorted(files):
        try:
            content = yaml.safe_load(open(file))
            jsonschema.validate(content, schema)
        except (yaml.YAMLError, jsonschema.ValidationError) as error:
            found(file, str(error).splitlines()[0])
            continue
        for include in content["header"].get("includes", []):
            if not os.path.exists(os.path.join(os.path.dirname(file), include)):
                found(file, f"includes {include}, which is not there")
        for layer in content.get("repos", {}).get("hitokoe", {}).get("layers", {}):
            if not os.path.exists(f"{ROOT}/{layer}/conf/layer.conf"):
                found(file, f"layer {layer} is not there")


def check_all_named(recipes, appends):
    for layer in LAYERS:
        for path, _folders, files in os.walk(layer):
            for name in files:
                file = os.path.join(path, name)
                if name.endswith((".bb", ".bbappend")) and file not in recipes + appends:
                    found(file, "no pattern of conf/layer.conf names it")


def parse_all(core, base, present):
    """Every recipe, and every recipe of others that is appended to: file -> what it came to."""
    recipes, appends = stub.recipe_files(base, present)
    if present == REQUIRED + RECOMMENDED:
        check_all_named(recipes, appends)
    others = [a for a in appends if not any(a in stub.appends_of(r, appends) for r in recipes)]
    recipes += sorted({stub.stand_in(core, append) for append in others})
    parsed = {recipe: stub.parse(recipe, appends, base) for recipe in recipes}
    return {recipe: d for recipe, d in parsed.items() if d is not None}


def check_known(recipes, machine, present):
    """Recipes of which more is asked than of others; each has to be there."""
    asked = {
        "hitokoe-rootfs": check_users,
        "linux-yocto": lambda d: names.check_kernel(d, present),
        "busybox": names.check_tools,
    }
    if machine == "stb-x86-64":
        asked["stb-image"] = check_disk
    by_name = {d.getVar("PN"): d for d in recipes.values()}
    for name, check in asked.items():
        if name in by_name:
            check(by_name[name])
        else:
            found(HITOKOE, f"neither has nor appends to a recipe {name}")


def check_with(machine, present, version):
    """Our distribution on one machine, with these layers of others; tells how many recipes were parsed."""
    with tempfile.TemporaryDirectory() as core:
        stub.stub_core(core, present)
        base = stub.configuration(core, "hitokoe", machine)
        if base.getVar("DISTRO_VERSION") != version:
            found(HITOKOE, f"DISTRO_VERSION is not the workspace's {version}")
        recipes = parse_all(core, base, present)
        for recipe, d in recipes.items():
            check_version(recipe, version)
            check_recipe(recipe, d)
            check_command_line(recipe, d)
        check_known(recipes, machine, present)
        names.check_names(recipes, present)
        names.check_architectures(recipes)
        if present == REQUIRED + RECOMMENDED:
            programs.check(recipes)
        return len(recipes)


def check_for_others():
    """A distribution and a machine of somebody else, with all layers: recipes of others stay as they are."""
    present = REQUIRED + RECOMMENDED
    with tempfile.TemporaryDirectory() as core:
        stub.stub_core(core, present)
        base = stub.configuration(core, "nodistro", "qemux86-64")
        recipes, appends = stub.recipe_files(base, present)
        for append in appends:
            if not any(append in stub.appends_of(recipe, appends) for recipe in recipes):
                recipe = stub.stand_in(core, append)
                before, after = stub.parse(recipe, [], base), stub.parse(recipe, [append], base)
                if before and after:
                    names.check_others_unchanged(append, before, after)


def main():
    version = re.search(r'^version = "([^"]+)"', open(f"{ROOT}/Cargo.toml").read(), re.M).group(1)
    parsed = 0
    for machine in ("qemux86-64", "stb-x86-64"):
        for some in ([], *([layer] for layer in RECOMMENDED), RECOMMENDED):
            parsed += check_with(machine, REQUIRED + some, version)
    check_for_others()
    names.check_variables()
    check_kas()
    for layer in LAYERS:
        names.check_layer_files(layer)
    for finding in sorted(set(findings)):
        print(finding)
    if findings:
        sys.exit(1)
    if parsed < 100:
        sys.exit(f"only {parsed} recipes were parsed: the check itself is broken")
    print(f"layer: {parsed} recipes parsed (two machines, {len(RECOMMENDED) + 2} sets of layers), names agree")


main()
