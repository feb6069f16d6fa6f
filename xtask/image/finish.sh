#!/bin/sh
# Turns the tree $1 (Debian with rootfs/ laid over it) into the box: users, locale, caches, kernel, nothing
# that was only needed to get here. $2 is the version, $3 the time of all files.
set -eu

tree=$1
version=$2
epoch=$3
inside() {
	chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"
}

# Mount points: nobody can make them later.
mkdir -p "$tree/data" "$tree/dev" "$tree/proc" "$tree/sys" "$tree/run" "$tree/tmp"
echo "$version" >"$tree/etc/hitokoe/version"
printf 'IMAGE_ID=hitokoe\nIMAGE_VERSION=%s\nVARIANT_ID=development\n' "$version" >>"$tree/usr/lib/os-release"
# Where a virtual machine tells what it does; without guards that only a real processor needs.
echo "$(cat "$tree/usr/lib/hitokoe/cmdline") console=ttyS0 mitigations=off" >"$tree/usr/lib/hitokoe/cmdline"
echo hitokoe >"$tree/etc/hostname"
: >"$tree/etc/fstab"
: >"$tree/etc/machine-id"
ln -sf /run/systemd/resolve/resolv.conf "$tree/etc/resolv.conf"
ln -sf /usr/share/zoneinfo/Asia/Tokyo "$tree/etc/localtime"
echo Asia/Tokyo >"$tree/etc/timezone"
echo LANG=ja_JP.UTF-8 >"$tree/etc/locale.conf"

inside systemd-sysusers
echo 'ja_JP.UTF-8 UTF-8' >"$tree/etc/locale.gen"
inside locale-gen >/dev/null
inside ldconfig

# Presets decide alone what starts; Debian's packages have enabled themselves.
rm -rf "$tree"/etc/systemd/system/*.wants "$tree"/etc/systemd/system/*.requires
rm -f "$tree"/etc/systemd/system/*.service "$tree"/etc/systemd/system/*.socket
inside systemctl --quiet preset-all 2>/dev/null
inside systemctl --quiet set-default graphical.target
# Private places of units are made in /tmp.
cp "$tree/usr/share/systemd/tmp.mount" "$tree/usr/lib/systemd/system/"
inside systemctl --quiet enable tmp.mount
# Says good at boot what only the application can know, and wants a writable /etc.
for unit in rauc-mark-good.service systemd-firstboot.service systemd-machine-id-commit.service \
	systemd-update-done.service ldconfig.service systemd-journal-catalog-update.service \
	systemd-hwdb-update.service systemd-networkd-wait-online.service systemd-pstore.service apt-daily.timer apt-daily-upgrade.timer \
	dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer getty.target \
	console-getty.service container-getty@.service dev-hugepages.mount dev-mqueue.mount \
	sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount \
	proc-sys-fs-binfmt_misc.automount modprobe@configfs.service modprobe@fuse.service; do
	ln -sf /dev/null "$tree/etc/systemd/system/$unit"
done

# /var is memory on the box: what lies there and is needed moves.
mkdir -p "$tree/usr/share/hitokoe"
mv "$tree/var/lib/mecab/dic/open-jtalk/naist-jdic" "$tree/usr/share/hitokoe/open-jtalk-dic"
mkdir -p "$tree/usr/lib/fontconfig/cache"
rm -rf "$tree"/usr/share/fonts/opentype/noto/NotoSerif*
# The index holds the folders' times, which the file system will set to this.
find "$tree/usr/share/fonts" -exec touch --no-dereference --date="@$epoch" {} +
inside fc-cache --system-only --force
rm -rf "$tree/var/cache/fontconfig"

# The kernel lies where the update looks for it.
mv "$tree"/boot/vmlinuz-* "$tree/boot/linux"
mv "$tree"/boot/initrd.img-* "$tree/boot/initrd"
rm -f "$tree"/boot/config-* "$tree"/boot/System.map-* "$tree"/initrd.img* "$tree"/vmlinuz*

# Only needed to build.
rm -rf "$tree"/usr/share/i18n "$tree"/usr/share/perl "$tree"/usr/share/bash-completion \
	"$tree"/usr/lib/x86_64-linux-gnu/perl "$tree"/usr/share/initramfs-tools "$tree"/etc/initramfs-tools \
	"$tree"/usr/share/icons/Adwaita/cursors "$tree"/usr/lib/x86_64-linux-gnu/libgtk-3.so* \
	"$tree"/usr/lib/x86_64-linux-gnu/gstreamer-1.0/libgstgtkwayland.so \
	"$tree"/var/lib/apt "$tree"/var/cache "$tree"/var/lib/dpkg/info "$tree"/var/log "$tree"/var/lib/mecab \
	"$tree"/usr/lib/apt "$tree"/etc/apt "$tree"/usr/lib/x86_64-linux-gnu/libz3.so* \
	"$tree"/usr/lib/x86_64-linux-gnu/mfx
# A virtual machine has no graphics processor; letters are BIZ UD, and Noto Sans for names.
rm -rf "$tree"/usr/lib/x86_64-linux-gnu/libLLVM-* "$tree"/usr/lib/x86_64-linux-gnu/dri \
	"$tree"/usr/share/icons/Adwaita "$tree"/usr/share/sounds/sf2
mkdir -p "$tree"/var/cache "$tree"/var/log
rm -f "$tree"/etc/*- "$tree"/usr/sbin/policy-rc.d
