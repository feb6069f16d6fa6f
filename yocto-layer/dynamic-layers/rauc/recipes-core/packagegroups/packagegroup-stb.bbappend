RDEPENDS:${PN} += "\
    hitokoe-rauc-conf \
    rauc \
    rauc-service \
"
