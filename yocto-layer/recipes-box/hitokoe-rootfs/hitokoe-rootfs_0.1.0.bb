SUMMARY = "Units, users, rules and settings of the box"
DESCRIPTION = "The tree rootfs/ of the project, as it is, except for what belongs to updates."
HOMEPAGE = "https://hitokoe.example"
SECTION = "base"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://LICENSE;md5=3b83ef96387f14655fc854ddc3c6bd57"

FILESEXTRAPATHS:prepend := "${HITOKOE_CHECKOUT}:"
SRC_URI = " \
    file://LICENSE;subdir=hitokoe \
    file://rootfs;subdir=hitokoe \
"
S = "${UNPACKDIR}/hitokoe"

# The command line in it is the machine's.
PACKAGE_ARCH = "${MACHINE_ARCH}"

inherit features_check systemd useradd

# wayland and opengl: what the compositor is built with.
REQUIRED_DISTRO_FEATURES = "opengl pam polkit systemd wayland"

# As in usr/lib/sysusers.d: the root file system is read-only, so the users are made with the image.
USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "--system wayland; --system render; --system input"
USERADD_PARAM:${PN} = " \
    --system --no-create-home --user-group --groups video,input,render,wayland --comment 'Compositor of the box' --home-dir /run/weston --shell ${sbindir}/nologin weston; \
    --system --no-create-home --user-group --groups wayland --comment 'Television application' --home-dir /data/hitokoe --shell ${sbindir}/nologin stb; \
    --system --no-create-home --user-group --comment 'HDMI-CEC set-up' --home-dir / --shell ${sbindir}/nologin stb-cec \
"

SYSTEMD_SERVICE:${PN} = " \
    weston.socket \
    weston.service \
    stb-app.service \
    hitokoe-boot-facts.service \
    hitokoe-data.service \
    hitokoe-factory-reset.path \
    hitokoe-firewall.service \
    hitokoe-mark-good.path \
    hitokoe-update.path \
    hitokoe-unproven.timer \
"

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    install -d ${D}/data
    cp -R --no-dereference --preserve=mode,links ${S}/rootfs/etc ${S}/rootfs/usr ${D}/
    rm -r ${D}${sysconfdir}/rauc
    # An update writes its boot entry from this file.
    echo "$(cat ${S}/rootfs/usr/lib/hitokoe/cmdline) ${HITOKOE_CMDLINE_MACHINE}" > ${D}${nonarch_libdir}/hitokoe/cmdline
    echo '${DISTRO_VERSION}' > ${D}${sysconfdir}/hitokoe/version
    chown -R root:root ${D}
}

FILES:${PN} = "/data ${sysconfdir} ${nonarch_libdir}"

RDEPENDS:${PN} = " \
    ccid \
    dbus \
    e2fsprogs-e2fsck \
    e2fsprogs-mke2fs \
    e2fsprogs-tune2fs \
    ir-keytable \
    pam-plugin-deny \
    pam-plugin-permit \
    pcsc-lite \
    polkit \
    util-linux-blkdiscard \
    util-linux-blkid \
    util-linux-findmnt \
    util-linux-mount \
    util-linux-mountpoint \
    util-linux-umount \
    v4l-utils \
    weston \
    xkeyboard-config \
"
