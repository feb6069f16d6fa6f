SUMMARY = "Boot entries of the first slot"
DESCRIPTION = "What stands on the EFI system partition when the box leaves the factory; updates write the \
entry of the other slot themselves."
HOMEPAGE = "https://hitokoe.example"
SECTION = "bootloaders"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://LICENSE;md5=3b83ef96387f14655fc854ddc3c6bd57"

FILESEXTRAPATHS:prepend := "${HITOKOE_CHECKOUT}:"
SRC_URI = " \
    file://LICENSE;subdir=hitokoe \
    file://rootfs/usr/lib/hitokoe/cmdline;subdir=hitokoe \
"
S = "${UNPACKDIR}/hitokoe"

INHIBIT_DEFAULT_DEPS = "1"
PACKAGE_ARCH = "${MACHINE_ARCH}"

inherit deploy nopackages

do_configure[noexec] = "1"

do_compile() {
    printf 'timeout 0\neditor no\nauto-firmware no\n' > ${B}/hitokoe-loader.conf
    {
        echo 'title Hitokoe a'
        echo 'sort-key hitokoe-1'
        echo 'linux /hitokoe-a/linux'
        echo "options root=PARTLABEL=rootfs-a rauc.slot=A $(cat ${S}/rootfs/usr/lib/hitokoe/cmdline) ${HITOKOE_CMDLINE_MACHINE}"
    } > ${B}/hitokoe-entry-a.conf
}

do_install[noexec] = "1"

do_deploy() {
    install -m 0644 ${B}/hitokoe-loader.conf ${B}/hitokoe-entry-a.conf ${DEPLOYDIR}/
}
addtask deploy after do_compile before do_build
