SUMMARY = "Speech synthesis engine on hidden Markov models"
DESCRIPTION = "Library that turns the parameters of a voice into sound; Open JTalk speaks with it."
HOMEPAGE = "https://hts-engine.sourceforge.net/"
SECTION = "libs"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://COPYING;md5=b3be85b37c90bfd4d34d79a0e3f28700"

SRC_URI = "${DEBIAN_MIRROR}/main/h/htsengine/htsengine_${PV}.orig.tar.gz"
SRC_URI[sha256sum] = "e2132be5860d8fb4a460be766454cfd7c3e21cf67b509c48e1804feab14968f7"
S = "${UNPACKDIR}/hts_engine_API-${PV}"

inherit autotools

BBCLASSEXTEND = "native"
