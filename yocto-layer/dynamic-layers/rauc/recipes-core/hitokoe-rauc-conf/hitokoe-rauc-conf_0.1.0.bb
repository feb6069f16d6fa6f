SUMMARY = "Slots of the box and who may sign its updates"
DESCRIPTION = "The settings of RAUC and the authority whose updates it takes."
HOMEPAGE = "https://hitokoe.example"
SECTION = "base"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://LICENSE;md5=3b83ef96387f14655fc854ddc3c6bd57"

FILESEXTRAPATHS:prepend := "${HITOKOE_CHECKOUT}:"
SRC_URI = " \
    file://LICENSE;subdir=hitokoe \
    file://rootfs/etc/rauc/system.conf;subdir=hitokoe \
"
S = "${UNPACKDIR}/hitokoe"

inherit allarch

# Certificate (PEM) of the operator's authority for updates. Without it a box takes no update.
HITOKOE_UPDATE_KEYRING ??= ""

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    install -D -m 0644 ${S}/rootfs/etc/rauc/system.conf ${D}${sysconfdir}/rauc/system.conf
    if [ -n "${HITOKOE_UPDATE_KEYRING}" ]; then
        install -m 0644 "${HITOKOE_UPDATE_KEYRING}" ${D}${sysconfdir}/rauc/keyring.pem
    else
        bbwarn "HITOKOE_UPDATE_KEYRING is not set: boxes with this image will take no update"
    fi
}
do_install[file-checksums] += "${@'%s:True' % d.getVar('HITOKOE_UPDATE_KEYRING') if d.getVar('HITOKOE_UPDATE_KEYRING') else ''}"

RPROVIDES:${PN} += "virtual-rauc-conf"
