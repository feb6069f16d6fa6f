SUMMARY = "Gateway of the cable operator"
DESCRIPTION = "Box API, order desk, card verification and consoles of town staff in one binary on SQLite. \
Not part of the box image: for operators whose servers are built with Yocto too."
SECTION = "net"

require recipes-box/hitokoe-source.inc
require recipes-box/hitokoe-crates.inc

inherit cargo cargo-update-recipe-crates pkgconfig

CARGO_BUILD_FLAGS += "--package cable-gateway --bin cable-gateway"

do_install() {
    install -D -m 0755 ${B}/target/${CARGO_TARGET_SUBDIR}/cable-gateway ${D}${bindir}/cable-gateway
}
