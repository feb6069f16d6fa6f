"""Checks of yocto-layer/ that need no build: BitBake's own parser on a stub core, and what it cannot see.

Run by `cargo xtask test layer`; prints one finding per line and fails when there is one. BitBake comes from the
package index as a library, without openembedded-core: classes and files of the core are stubs here, by name.
What only the real core can tell (package names, tasks) is checked with it: see the layer's README.
"""

import glob
import hashlib
import json
import os
import re
import sys
import tempfile
import types

ROOT = os.path.abspath(sys.argv[1])
LAYERS = [os.path.join(ROOT, "yocto-layer"), os.path.join(ROOT, "yocto-layer/example-operator")]

# The library imports them; only a server would use them.
for name in ("hashserv", "hashserv.client", "prserv", "prserv.serv"):
    sys.modules.setdefault(name, types.ModuleType(name))

import bb.data  # noqa: E402
import bb.parse  # noqa: E402
import bb.siggen  # noqa: E402,F401

CLASSES = """
    allarch autotools bundle cargo cargo-update-recipe-crates core-image deploy features_check native nopackages
    packagegroup pkgconfig pypi systemd useradd
""".split()
INCLUDED_OF_CORE = ["conf/machine/qemux86-64.conf", "conf/distro/include/security_flags.inc"]
IMAGE_FEATURES = {
    "allow-empty-password", "allow-root-login", "empty-root-password", "read-only-rootfs",
    "ssh-server-dropbear", "tools-debug",
}
IMAGE_TYPES = {"erofs-lz4hc", "wic.zst", "wic.bmap"}
LICENCES = {"Apache-2.0", "BSD-3-Clause", "CC-BY-3.0"}
NEEDED = ["SUMMARY", "LICENSE"]
# What RAUC needs of a kernel: to fetch parts of a bundle, to look into it, to verify what it reads.
KERNEL_FOR_UPDATES = {"CONFIG_BLK_DEV_NBD=y", "CONFIG_SQUASHFS=y", "CONFIG_DM_VERITY=y"}

BITBAKE_CONF = r"""
B = "${S}"
BASE_WORKDIR = "/work"
BBPATH ?= ""
BPN = "${PN}"
COREBASE = "/core"
CARGO_TARGET_SUBDIR = "target"
CORE_IMAGE_EXTRA_INSTALL = ""
D = "${WORKDIR}/image"
DEBIAN_MIRROR = "https://mirror.invalid/debian"
DEPLOYDIR = "${WORKDIR}/deploy"
DEPLOY_DIR_IMAGE = "/deploy"
DISTRO ??= "nodistro"
FILESEXTRAPATHS ?= ""
FILESPATH = "${FILESEXTRAPATHS}:${FILE_DIRNAME}/${BPN}-${PV}:${FILE_DIRNAME}/${BPN}:${FILE_DIRNAME}/files"
FILE_DIRNAME = "${@os.path.dirname(d.getVar('FILE') or '')}"
IMAGE_LINK_NAME = "image"
IMAGE_ROOTFS = "${WORKDIR}/rootfs"
IMGDEPLOYDIR = "/deploy"
KERNEL_IMAGETYPE = "bzImage"
LICENSE ??= "INVALID"
MACHINE ??= "qemux86-64"
MACHINEOVERRIDES = "${MACHINE}"
MACHINE_ARCH = "machine"
OVERRIDES = "class-target:forcevariable:${MACHINEOVERRIDES}:${DISTROOVERRIDES}"
DISTROOVERRIDES = "${DISTRO}"
P = "${PN}-${PV}"
PN = "${@bb.parse.vars_from_file(d.getVar('FILE', False), d)[0] or 'default'}"
PV = "${@bb.parse.vars_from_file(d.getVar('FILE', False), d)[1] or '1.0'}"
S = "${UNPACKDIR}/${P}"
STAGING_INCDIR = "/sysroot/usr/include"
STAGING_LIBDIR = "/sysroot/usr/lib"
THISDIR = "${@os.path.dirname(d.getVar('FILE') or '')}"
TOPDIR = "/build"
UNPACKDIR = "${WORKDIR}/sources"
WORKDIR = "/build/${PN}"
bindir = "/usr/bin"
datadir = "/usr/share"
nonarch_libdir = "/usr/lib"
prefix = "/usr"
sbindir = "/usr/sbin"
sysconfdir = "/etc"
systemd_unitdir = "/usr/lib/systemd"
"""

findings = []


def found(path, what):
    findings.append(f"{os.path.relpath(path, ROOT)}: {what}")


class NoSignatures:
    """Stands for the signature generator, which a parse does not need."""

    def __getattr__(self, _name):
        return lambda *_arguments, **_named: None


def stub_core(folder):
    os.makedirs(f"{folder}/classes")
    os.makedirs(f"{folder}/conf")
    with open(f"{folder}/conf/bitbake.conf", "w") as file:
        file.write(BITBAKE_CONF)
    for path in INCLUDED_OF_CORE:
        os.makedirs(os.path.dirname(f"{folder}/{path}"), exist_ok=True)
        open(f"{folder}/{path}", "w").close()
    for name in CLASSES + ["base", "recipe"]:
        open(f"{folder}/classes/{name}.bbclass", "w").close()
    # These are used at parse time by name.
    with open(f"{folder}/classes/deploy.bbclass", "w") as file:
        file.write('do_deploy[dirs] = "${DEPLOYDIR}"\n')


def configuration(core, distro, machine):
    d = bb.data.init()
    d.setVar("BBPATH", ":".join([core, *LAYERS]))
    d.setVar("DISTRO", distro)
    d.setVar("MACHINE", machine)
    bb.parse.siggen = NoSignatures()
    d = bb.parse.handle(f"{core}/conf/bitbake.conf", d, True)
    for layer in LAYERS:
        d.setVar("LAYERDIR", layer)
        d = bb.parse.handle(f"{layer}/conf/layer.conf", d, True)
        d.expandVarref("LAYERDIR")
        d.delVar("LAYERDIR")
    if machine == "stb-x86-64":
        d = bb.parse.handle(f"{LAYERS[1]}/conf/machine/{machine}.conf", d, True)
    d = bb.parse.handle(f"{LAYERS[0]}/conf/distro/{distro}.conf", d, True)
    d.setVar("__bbclasstype", "global")
    bb.parse.BBHandler.inherit("base", "global", 0, d)
    d.setVar("__bbclasstype", "recipe")
    return d


def recipe_files(d):
    """Recipes and appends as the layer configuration names them, dynamic ones included."""
    patterns = (d.getVar("BBFILES") or "").split()
    for entry in (d.getVar("BBFILES_DYNAMIC") or "").split():
        patterns.append(entry.split(":", 1)[1])
    named = {file for pattern in patterns for file in glob.glob(pattern)}
    for layer in LAYERS:
        for path, _folders, names in os.walk(layer):
            for name in names:
                file = os.path.join(path, name)
                if name.endswith((".bb", ".bbappend")) and file not in named:
                    found(file, "no pattern of conf/layer.conf names it")
    return sorted(f for f in named if f.endswith(".bb")), sorted(
        f for f in named if f.endswith(".bbappend")
    )


def appends_of(recipe, appends):
    name = os.path.basename(recipe)[: -len(".bb")]
    for append in appends:
        pattern = os.path.basename(append)[: -len(".bbappend")]
        if name == pattern or (pattern.endswith("%") and name.startswith(pattern[:-1])):
            yield append


def stand_in(core, append):
    """For an append to a recipe of the core: a recipe of that name with nothing in it."""
    name = os.path.basename(append)[: -len(".bbappend")].replace("%", "1.0")
    os.makedirs(f"{core}/recipes", exist_ok=True)
    recipe = f"{core}/recipes/{name}.bb"
    with open(recipe, "w") as file:
        file.write('SUMMARY = "Stand-in"\nLICENSE = "Apache-2.0"\n')
    return recipe


def check_kernel(d):
    paths = (d.getVar("FILESPATH") or "").split(":")
    options = set()
    for entry in (d.getVar("SRC_URI") or "").split():
        name = entry.removeprefix("file://")
        for path in paths:
            if name.endswith(".cfg") and os.path.exists(os.path.join(path, name)):
                options.update(open(os.path.join(path, name)).read().split())
    for option in sorted(KERNEL_FOR_UPDATES - options):
        found(LAYERS[0], f"{d.getVar('MACHINE')}: no fragment sets {option}, which updates need")


def parse(recipe, appends, base):
    d = bb.data.createCopy(base)
    d.setVar("FILE", recipe)
    d.setVar("__BBAPPEND", " ".join(appends_of(recipe, appends)))
    try:
        variants = bb.parse.handle(recipe, d)
        parsed = variants[""]
        for key in sorted(parsed.keys()):
            if not parsed.getVarFlag(key, "func", False):
                parsed.getVar(key)
            for flag in parsed.getVarFlags(key) or {}:
                parsed.getVarFlag(key, flag, True)
        return parsed
    except SystemExit:
        found(recipe, "BitBake's parser gave up; see its message above")
    except Exception as error:  # whatever an expression in the recipe raises
        found(recipe, f"does not parse: {error}")
    return None


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
                found(LAYERS[0], f"user {name}: USERADD_PARAM lacks `{part}` of sysusers.d")


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
    file = f"{LAYERS[0]}/files/wic/stb-ab.wks.in"
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
        found(LAYERS[0], "no kas file")
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


def check_layer_files():
    readme = open(f"{LAYERS[0]}/README.md").read().lower()
    for word in ("maintainer", "patch", "@", "wrynose", "dependencies"):
        if word not in readme:
            found(f"{LAYERS[0]}/README.md", f"says nothing of `{word}`")
    for name in ("SECURITY.md", "LICENSE"):
        if not os.path.getsize(f"{LAYERS[0]}/{name}"):
            found(LAYERS[0], f"{name} is empty")
    for layer in LAYERS:
        if os.path.isdir(f"{layer}/conf/distro") and os.path.isdir(f"{layer}/conf/machine"):
            found(layer, "distribution and machine in one layer: yocto-check-layer refuses it")


def main():
    version = re.search(r'^version = "([^"]+)"', open(f"{ROOT}/Cargo.toml").read(), re.M).group(1)
    parsed = 0
    with tempfile.TemporaryDirectory() as core:
        stub_core(core)
        for machine in ("qemux86-64", "stb-x86-64"):
            base = configuration(core, "hitokoe", machine)
            if base.getVar("DISTRO_VERSION") != version:
                found(LAYERS[0], f"DISTRO_VERSION is not the workspace's {version}")
            recipes, appends = recipe_files(base)
            others = [a for a in appends if not any(a in appends_of(r, appends) for r in recipes)]
            recipes += sorted({stand_in(core, append) for append in others})
            for recipe in recipes:
                check_version(recipe, version)
                d = parse(recipe, appends, base)
                if d is None:
                    continue
                parsed += 1
                check_recipe(recipe, d)
                check_command_line(recipe, d)
                if d.getVar("PN") == "hitokoe-rootfs":
                    check_users(d)
                if d.getVar("PN") == "linux-yocto":
                    check_kernel(d)
                if d.getVar("PN") == "stb-image" and machine == "stb-x86-64":
                    check_disk(d)
    check_kas()
    check_layer_files()
    for finding in sorted(set(findings)):
        print(finding)
    if findings:
        sys.exit(1)
    if parsed < 20:
        sys.exit(f"only {parsed} recipes were parsed: the check itself is broken")
    print(f"layer: {parsed} recipes parsed (two machines), kas files and users agree")


main()
