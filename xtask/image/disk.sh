#!/bin/sh
# The disk of a box out of the slot $1 (erofs): ESP, slot A, slot B (empty), data (never used). Writes $2,
# works in $3. No mounts: everything is put together as files.
set -eu

slot=$1
disk=$2
work=$(readlink -f "$3")
mib=1048576
esp_mib=64
# A little room: an adaptive update reads both slots through.
slot_mib=$(($(stat -c %s "$slot") / mib + 64))
data_mib=256


# Identifiers are fixed, so that the same slot gives the same disk.
rm -f "$work/esp.img" "$work/data.img" "$disk"
mkfs.vfat -C -F 32 -i 48544b45 -n ESP "$work/esp.img" $((esp_mib * 1024)) >/dev/null
mke2fs -q -t ext4 -L hitokoe-blank -U clear -E hash_seed=00000000-0000-0000-0000-000000000001 \
	"$work/data.img" "${data_mib}M" >/dev/null

boot=$work/boot
rm -rf "$boot"
mkdir -p "$boot/EFI/BOOT" "$boot/loader/entries" "$boot/hitokoe-a"
printf 'timeout 0\neditor no\n' >"$boot/loader/loader.conf"
cp "$work/linux" "$work/initrd" "$boot/hitokoe-a/"
cat >"$boot/loader/entries/hitokoe-a.conf" <<END
title Hitokoe a
sort-key hitokoe-1
linux /hitokoe-a/linux
initrd /hitokoe-a/initrd
options root=PARTLABEL=rootfs-a rauc.slot=A $(cat "$work/cmdline")
END
[ ! -e /usr/lib/systemd/boot/efi/systemd-bootx64.efi ] ||
	cp /usr/lib/systemd/boot/efi/systemd-bootx64.efi "$boot/EFI/BOOT/bootx64.efi"
find "$boot" -exec touch --date=@0 {} +
(cd "$boot" && mcopy -s -m -Q -i "$work/esp.img" EFI loader hitokoe-a ::/)

first=1
truncate -s $(((first + esp_mib + 2 * slot_mib + data_mib + 1) * mib)) "$disk"
sfdisk --quiet "$disk" <<END
label: gpt
label-id: 48544B45-0000-4000-8000-000000000000
start=${first}MiB, size=${esp_mib}MiB, type=U, name=esp, uuid=48544B45-0000-4000-8000-000000000001
size=${slot_mib}MiB, type=L, name=rootfs-a, uuid=48544B45-0000-4000-8000-00000000000A
size=${slot_mib}MiB, type=L, name=rootfs-b, uuid=48544B45-0000-4000-8000-00000000000B
size=${data_mib}MiB, type=L, name=data, uuid=48544B45-0000-4000-8000-00000000000D
END
put() {
	dd if="$1" of="$disk" bs=1M seek="$2" conv=notrunc,sparse status=none
}
put "$work/esp.img" $first
put "$slot" $((first + esp_mib))
put "$work/data.img" $((first + esp_mib + 2 * slot_mib))
