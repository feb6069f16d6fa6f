SUMMARY = "Signed update of the box"
DESCRIPTION = "One slot, verified while it is read, fetched in the parts that changed. The kernel lies in the \
slot: box and modules always fit."
HOMEPAGE = "https://hitokoe.example"
LICENSE = "Apache-2.0"

inherit bundle

# Signing needs a key that a build of everything does not have.
EXCLUDE_FROM_WORLD = "1"

RAUC_BUNDLE_COMPATIBLE = "hitokoe-stb"
RAUC_BUNDLE_VERSION = "${DISTRO_VERSION}"
RAUC_BUNDLE_DESCRIPTION = "Hitokoe box ${DISTRO_VERSION}"
RAUC_BUNDLE_FORMAT = "verity"

RAUC_BUNDLE_SLOTS = "rootfs"
RAUC_SLOT_rootfs = "stb-image"
RAUC_SLOT_rootfs[fstype] = "erofs-lz4hc"
RAUC_SLOT_rootfs[rename] = "rootfs.img"
RAUC_SLOT_rootfs[adaptive] = "block-hash-index"

# The operator's layer or CI names its own; the key never lies in a layer.
RAUC_KEY_FILE ?= "${HITOKOE_UPDATE_KEY}"
RAUC_CERT_FILE ?= "${HITOKOE_UPDATE_CERTIFICATE}"
HITOKOE_UPDATE_KEY ??= ""
HITOKOE_UPDATE_CERTIFICATE ??= ""
