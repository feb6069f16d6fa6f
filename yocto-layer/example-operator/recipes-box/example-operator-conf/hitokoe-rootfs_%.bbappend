# What the operator replaces: the gateway's address and authority, the time servers, the remote's keymap.
FILESEXTRAPATHS:prepend := "${THISDIR}/files:"

SRC_URI:append:hitokoe = " \
    file://stb.toml \
    file://20-operator.conf \
"

# Certificate (PEM) of the authority that vouches for the gateway.
HITOKOE_GATEWAY_CA ??= ""
do_install[file-checksums] += "${@'%s:True' % d.getVar('HITOKOE_GATEWAY_CA') if d.getVar('HITOKOE_GATEWAY_CA') else ''}"

do_install:append:hitokoe() {
    install -m 0644 ${UNPACKDIR}/stb.toml ${D}${sysconfdir}/hitokoe/stb.toml
    install -m 0644 ${UNPACKDIR}/20-operator.conf ${D}${nonarch_libdir}/systemd/timesyncd.conf.d/20-operator.conf
    if [ -n "${HITOKOE_GATEWAY_CA}" ]; then
        install -m 0644 "${HITOKOE_GATEWAY_CA}" ${D}${sysconfdir}/hitokoe/gateway-ca.pem
    else
        bbwarn "HITOKOE_GATEWAY_CA is not set: boxes with this image will believe no gateway"
    fi
}
