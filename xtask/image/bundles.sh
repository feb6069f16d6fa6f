#!/bin/sh
# Updates for the image test: one that is good, and one for each reason to refuse.
#
#   bundles.sh keys DIR    an authority of this machine's own, once; its certificate goes into the image
#   bundles.sh make DIR    DIR/bundles.erofs, which the test plugs in as a second disk
#
# The slot inside is small: a kernel with its files and no television. What it proves is the way of an update,
# and that a version without a picture does not stay.
set -eu

command=$1
folder=$(readlink -f "$2")
keys=$folder/keys

authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
		-subj "/O=Hitokoe development/CN=$1" -keyout "$keys/$1-ca.key" -out "$keys/$1-ca.pem" 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
		-subj "/O=Hitokoe development/CN=$1 signer" -keyout "$keys/$1.key" -out "$keys/$1.csr" 2>/dev/null
	printf 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=codeSigning\n' >"$keys/ext"
	openssl x509 -req -in "$keys/$1.csr" -CA "$keys/$1-ca.pem" -CAkey "$keys/$1-ca.key" -CAcreateserial \
		-days 3650 -extfile "$keys/ext" -out "$keys/$1.pem" 2>/dev/null
}

slot() {
	tree=$folder/update-tree
	rm -rf "$tree"
	mkdir -p "$tree/boot" "$tree/usr/lib/hitokoe"
	cp "$folder/linux" "$folder/initrd" "$tree/boot/"
	cp "$folder/cmdline" "$tree/usr/lib/hitokoe/"
	rm -f "$folder/update.img"
	mkfs.erofs --quiet -T0 "$folder/update.img" "$tree" >/dev/null
	truncate -s %4096 "$folder/update.img"
	rm -rf "$tree"
}

# name, signer, compatible, version, more about the slot
bundle() {
	content=$folder/update-content
	rm -rf "$content" "$folder/bundles/$1.raucb"
	mkdir -p "$content" "$folder/bundles"
	cp "$folder/update.img" "$content/rootfs.img"
	printf '[update]\ncompatible=%s\nversion=%s\n\n[bundle]\nformat=verity\n\n[image.rootfs]\nfilename=rootfs.img\n%s\n' \
		"$3" "$4" "${5:-}" >"$content/manifest.raucm"
	rauc --cert="$keys/$2.pem" --key="$keys/$2.key" --mksquashfs-args="-noI -noD -noF -noX" \
		bundle "$content" "$folder/bundles/$1.raucb" >/dev/null 2>&1
	rm -rf "$content"
}

case "$command" in
keys)
	[ ! -e "$keys/update.pem" ] || exit 0
	mkdir -p "$keys"
	authority stranger
	authority update
	;;
make)
	slot
	bundle good update hitokoe-stb 99.0.0
	# As the layer makes it; both slots are read through before, which takes its time in an emulated machine.
	bundle offered update hitokoe-stb 99.0.0 adaptive=block-hash-index
	bundle stranger stranger hitokoe-stb 99.0.0
	bundle downgrade update hitokoe-stb 0.0.1
	bundle other-box update other-box 99.0.0
	# One byte of the slot is another than what was signed.
	cp "$folder/bundles/good.raucb" "$folder/bundles/damaged.raucb"
	printf '\377' | dd of="$folder/bundles/damaged.raucb" bs=1 seek=1000000 conv=notrunc status=none
	mv "$folder/bundles/offered.raucb" "$folder/"
	rm -f "$folder/bundles.erofs"
	mkfs.erofs --quiet -T0 "$folder/bundles.erofs" "$folder/bundles" >/dev/null
	rm -rf "$folder/bundles" "$folder/update.img"
	;;
*)
	echo "usage: bundles.sh keys|make DIR" >&2
	exit 2
	;;
esac
