SUMMARY = "Image of the box for developers"
DESCRIPTION = "The same with a root shell, SSH and tools. Never for homes: anybody can log in."

require stb-image.inc

IMAGE_FEATURES += "allow-empty-password allow-root-login empty-root-password ssh-server-dropbear tools-debug"
IMAGE_INSTALL += "evtest opensc remote-probe strace"

# Says so wherever somebody may look; the box's own presets start nothing that listens.
hitokoe_mark_development() {
    echo 'DEVELOPMENT IMAGE: anybody can log in. Never for homes.' > ${IMAGE_ROOTFS}${sysconfdir}/issue
    echo 'enable dropbear.socket' > ${IMAGE_ROOTFS}${systemd_unitdir}/system-preset/05-hitokoe-dev.preset
}
ROOTFS_POSTPROCESS_COMMAND += "hitokoe_mark_development"
