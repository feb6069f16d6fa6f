"""BitBake's own parser on a small stub of openembedded-core: classes and files by name, nothing in them."""

import glob
import os
import sys
import types

from report import EXAMPLE, HITOKOE, LAYERS, expected, found

# The library imports them; only a server would use them.
for name in ("hashserv", "hashserv.client", "prserv", "prserv.serv"):
    sys.modules.setdefault(name, types.ModuleType(name))

import bb.data  # noqa: E402
import bb.parse  # noqa: E402
import bb.siggen  # noqa: E402,F401

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
PACKAGE_ARCH ?= "processor"
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

# What a class does that a recipe of ours builds on.
CLASS_TEXTS = {
    "deploy": 'do_deploy[dirs] = "${DEPLOYDIR}"\n',
    "pypi": (
        'SRC_URI:prepend = "https://registry.invalid/${PYPI_PACKAGE}-${PV}.tar.gz "\n'
        'SECTION = "devel/python"\n'
        'S = "${UNPACKDIR}/${PYPI_PACKAGE}-${PV}"\n'
    ),
}


class NoSignatures:
    """Stands for the signature generator, which a parse does not need."""

    def __getattr__(self, _name):
        return lambda *_arguments, **_named: None


def stub_core(folder, present):
    """The core and the classes of the layers that are there."""
    os.makedirs(f"{folder}/classes")
    os.makedirs(f"{folder}/conf")
    with open(f"{folder}/conf/bitbake.conf", "w") as file:
        file.write(BITBAKE_CONF)
    for path in expected("files", present):
        os.makedirs(os.path.dirname(f"{folder}/{path}"), exist_ok=True)
        open(f"{folder}/{path}", "w").close()
    for name in expected("classes", present) | {"recipe"}:
        with open(f"{folder}/classes/{name}.bbclass", "w") as file:
            file.write(CLASS_TEXTS.get(name, ""))


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
        d = bb.parse.handle(f"{EXAMPLE}/conf/machine/{machine}.conf", d, True)
    if distro == "hitokoe":
        d = bb.parse.handle(f"{HITOKOE}/conf/distro/{distro}.conf", d, True)
    d.setVar("__bbclasstype", "global")
    for name in ["base", *(d.getVar("INHERIT") or "").split()]:
        bb.parse.BBHandler.inherit(name, "global", 0, d)
    d.setVar("__bbclasstype", "recipe")
    return d


def recipe_files(d, present):
    """Recipes and appends as the layer configuration names them with these layers of others."""
    patterns = (d.getVar("BBFILES") or "").split()
    for entry in (d.getVar("BBFILES_DYNAMIC") or "").split():
        layer, pattern = entry.split(":", 1)
        if layer in present:
            patterns.append(pattern)
    named = sorted(file for pattern in patterns for file in glob.glob(pattern))
    return (
        [file for file in named if file.endswith(".bb")],
        [file for file in named if file.endswith(".bbappend")],
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
