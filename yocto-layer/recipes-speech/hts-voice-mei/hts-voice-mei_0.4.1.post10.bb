SUMMARY = "Japanese voice Mei, normal"
DESCRIPTION = "Voice of the MMDAgent project for hts_engine, as the package pyopenjtalk-plus carries it. \
Nothing else of that package is used."
HOMEPAGE = "http://www.mmdagent.jp/"
# The voice itself; named wherever the box names its parts.
LICENSE = "CC-BY-3.0"
LIC_FILES_CHKSUM = "file://pyopenjtalk/htsvoice/LICENSE_mei_normal.htsvoice;md5=e214ed42d47c920702722d90d0848a7f"

# As the archive is called: address and folder follow from it.
PYPI_PACKAGE = "pyopenjtalk_plus"
SRC_URI[sha256sum] = "cda6a562a9cb80fbc21d151f0f0264ecd368afa3dfee51dbd7bcfdcb57df5e40"

inherit allarch pypi

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    install -d ${D}${datadir}/hitokoe/voice
    install -m 0644 ${S}/pyopenjtalk/htsvoice/mei_normal.htsvoice \
        ${S}/pyopenjtalk/htsvoice/LICENSE_mei_normal.htsvoice ${D}${datadir}/hitokoe/voice/
}

FILES:${PN} = "${datadir}/hitokoe/voice"
