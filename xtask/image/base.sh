#!/bin/sh
# Debian 12 with the packages of the box, as a tar: the part of the image that takes a minute and a half and
# changes rarely. Writes to $1; packages from $2 (comma-separated).
set -eu

here=$(dirname "$(readlink -f "$0")")

exclude=
for path in $(grep -v '^#' "$here/modules-left-out"); do
	exclude="$exclude --dpkgopt=path-exclude=/lib/modules/*/kernel/$path/*"
done

# shellcheck disable=SC2086 # one option for each word
mmdebstrap --mode=root --variant=minbase --format=tar \
	--extract-hook="sh $here/initramfs.sh \"\$1\"" \
	--dpkgopt=force-unsafe-io \
	--dpkgopt='path-exclude=/usr/share/man/*' \
	--dpkgopt='path-exclude=/usr/share/info/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' \
	--dpkgopt='path-include=/usr/share/locale/locale.alias' \
	--dpkgopt='path-exclude=/usr/share/doc/*' \
	--dpkgopt='path-include=/usr/share/doc/*/copyright' \
	$exclude \
	--aptopt='Apt::Install-Recommends "false"' \
	--aptopt='Acquire::Languages "none"' \
	--include="$2" \
	bookworm "$1"
