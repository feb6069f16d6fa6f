#!/bin/sh
# RAUC out of Debian's own source, with the one part that Debian leaves out: fetching a bundle in ranges over
# the network. Writes the program to $1; $2 is the release. The sources come from where the packages come from.
set -eu

program=$(readlink -f "$1")
release=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p lists/partial

# shellcheck disable=SC2016 # apt's own variables
apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | sort -u |
	awk -v release="$release" '$2 == release { print "deb-src", $1, $2, "main" }' >sources.list
fetch() {
	apt-get -q -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$work/lists" "$@" >&2
}
fetch update
fetch source rauc

cd rauc-*/
# Debian's patches are newer than what was generated before them, and change nothing of it.
find . -name Makefile.in -exec touch aclocal.m4 {} +
touch configure config.h.in
./configure --quiet --prefix=/usr --sysconfdir=/etc --localstatedir=/var \
	--enable-gpt --enable-network --enable-streaming
make --silent -j2 rauc >&2
install -s rauc "$program"
