SUMMARY = "Japanese text to speech"
SUMMARY:${PN}-dictionary = "Dictionary of Open JTalk (NAIST)"
DESCRIPTION = "Reads sentences aloud with hts_engine; the box starts it for each order."
HOMEPAGE = "https://open-jtalk.sourceforge.net/"
SECTION = "multimedia"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://COPYING;md5=08e5af09ad553855c280bb3df3d436d8"

DEPENDS = "hts-engine"
# The dictionary is compiled by a tool that has to run on the build machine.
DEPENDS:append:class-target = " open-jtalk-native"

SRC_URI = "${DEBIAN_MIRROR}/main/o/open-jtalk/open-jtalk_${PV}.orig.tar.gz"
SRC_URI[sha256sum] = "20fdc6aeb6c757866034abc175820573db43e4284707c866fcd02c8ec18de71f"
S = "${UNPACKDIR}/open_jtalk-${PV}"

inherit autotools

EXTRA_OECONF = " \
    --with-charset=UTF-8 \
    --with-hts-engine-header-path=${STAGING_INCDIR} \
    --with-hts-engine-library-path=${STAGING_LIBDIR} \
"
# Sources of 2018: register, and functions that return nothing.
CXXFLAGS += "-std=gnu++14"

do_configure:prepend:class-target() {
    sed -i 's#\.\./mecab/src/mecab-dict-index#mecab-dict-index#g' \
        ${S}/mecab-naist-jdic/Makefile.am ${S}/mecab-naist-jdic/Makefile.in
}

do_install:append:class-native() {
    install -D -m 0755 ${B}/mecab/src/mecab-dict-index ${D}${bindir}/mecab-dict-index
}

do_install:append:class-target() {
    install -d ${D}${datadir}/hitokoe
    mv ${D}${prefix}/dic ${D}${datadir}/hitokoe/open-jtalk-dic
}

PACKAGE_BEFORE_PN = "${PN}-dictionary"
FILES:${PN}-dictionary = "${datadir}/hitokoe/open-jtalk-dic"
RDEPENDS:${PN}:append:class-target = " ${PN}-dictionary"

BBCLASSEXTEND = "native"
