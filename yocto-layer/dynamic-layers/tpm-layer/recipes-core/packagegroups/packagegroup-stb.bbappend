# data-partition encrypts where both are there and the machine has a TPM 2.0. The libraries that speak to it
# come with systemd.
RDEPENDS:${PN} += "\
    cryptsetup \
    systemd-crypt \
"
# Without these rules of udev cryptsetup waits for ever; where they come with another package, this one is not there.
RRECOMMENDS:${PN} += "lvm2-udevrules"
