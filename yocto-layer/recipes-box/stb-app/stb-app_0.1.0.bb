SUMMARY = "Television application of the box"
DESCRIPTION = "Live television, card, check-in and evacuation orders on GTK 4 and GStreamer. Its unit and \
settings come with hitokoe-rootfs."
SECTION = "multimedia"

require recipes-box/hitokoe-source.inc
require recipes-box/hitokoe-crates.inc

DEPENDS += "gstreamer1.0 gstreamer1.0-plugins-base gtk4 pcsc-lite"

inherit cargo cargo-update-recipe-crates pkgconfig features_check

REQUIRED_DISTRO_FEATURES = "opengl pam polkit systemd wayland"

CARGO_BUILD_FLAGS += "--package stb-app --bin stb-app --package remote-input --bin remote-probe"

do_install() {
    install -D -m 0755 ${B}/target/${CARGO_TARGET_SUBDIR}/stb-app ${D}${bindir}/stb-app
    install -D -m 0755 ${B}/target/${CARGO_TARGET_SUBDIR}/remote-probe ${D}${bindir}/remote-probe
}

# Learns a new remote; a box in a home has no use for it.
PACKAGE_BEFORE_PN = "remote-probe"
FILES:remote-probe = "${bindir}/remote-probe"

# Decoders of the programmes need a licence that only a distribution can accept.
HITOKOE_DECODERS ??= ""

# What the application asks of GStreamer by name when it starts. Not hitokoe-rootfs, which is the machine's own:
# the package group brings both.
RDEPENDS:${PN} += "\
    ${HITOKOE_DECODERS} \
    gstreamer1.0 \
    gstreamer1.0-plugins-bad-mpegtsdemux \
    gstreamer1.0-plugins-bad-videoparsersbad \
    gstreamer1.0-plugins-base-alsa \
    gstreamer1.0-plugins-base-app \
    gstreamer1.0-plugins-base-audioconvert \
    gstreamer1.0-plugins-base-audioresample \
    gstreamer1.0-plugins-base-playback \
    gstreamer1.0-plugins-base-typefindfunctions \
    gstreamer1.0-plugins-base-videoconvertscale \
    gstreamer1.0-plugins-base-volume \
    gstreamer1.0-plugins-good-audioparsers \
    gstreamer1.0-plugins-good-deinterlace \
    pcsc-lite \
"
