SUMMARY = "Everything that a box runs"
SUMMARY:${PN}-speech = "The Japanese voice that reads orders aloud"
DESCRIPTION = "The television application, what it needs at run time, and the parts of the system below it."

PACKAGE_ARCH = "${MACHINE_ARCH}"

inherit features_check packagegroup

REQUIRED_DISTRO_FEATURES = "opengl pam polkit systemd wayland"

PACKAGES = "${PN} ${PN}-speech"

RDEPENDS:${PN} = " \
    ${PN}-speech \
    hitokoe-rootfs \
    kernel-image \
    kernel-modules \
    rc-keymaps \
    source-han-sans-jp-fonts \
    stb-app \
    tzdata-asia \
    tzdata-core \
"

RDEPENDS:${PN}-speech = " \
    hts-voice-mei \
    open-jtalk \
    open-jtalk-dictionary \
"
