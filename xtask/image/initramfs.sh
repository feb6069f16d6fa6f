#!/bin/sh
# Before the kernel is installed: an initramfs with nothing but the disk and its file systems.
set -eu
mkdir -p "$1/etc/initramfs-tools/conf.d"
printf 'MODULES=list\nCOMPRESS=zstd\nBUSYBOX=n\nRESUME=none\n' >"$1/etc/initramfs-tools/conf.d/hitokoe"
printf 'virtio_pci\nvirtio_blk\nerofs\n' >"$1/etc/initramfs-tools/modules"
