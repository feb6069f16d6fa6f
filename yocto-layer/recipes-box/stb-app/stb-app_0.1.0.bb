SUMMARY = "Television application of the box"
DESCRIPTION = "Live television, card, check-in and evacuation orders on GTK 4 and GStreamer. Its unit and \
settings come with hitokoe-rootfs."
SECTION = "multimedia"

require recipes-box/hitokoe-source.inc
require recipes-box/hitokoe-crates.inc

DEPENDS += "gstreamer1.0 gstreamer1.0-plugins-base gtk4 pcsc-lite"

inherit cargo cargo-update-recipe-crates pkgconfig features_check

REQUIRED_DISTRO_FEATURES = "opengl pam polkit systemd wayland"

CARGO_BUILD_FLAGS += "--package stb-app --bin stb-app"

do_install() {
    install -D -m 0755 ${B}/target/${CARGO_TARGET_SUBDIR}/stb-app ${D}${bindir}/stb-app
}

# Decoders of the programmes need a licence that only a distribution can accept.
HITOKOE_DECODERS ??= ""

# What the application asks of GStreamer by name when it starts.
RDEPENDS:${PN} += "\
    ${HITOKOE_DECODERS} \
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
    hitokoe-rootfs \
    pcsc-lite \
"
