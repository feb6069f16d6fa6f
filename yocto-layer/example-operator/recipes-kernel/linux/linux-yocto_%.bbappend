FILESEXTRAPATHS:prepend:stb-x86-64 := "${THISDIR}/${PN}:"

SRC_URI:append:stb-x86-64 = " file://stb.cfg"
