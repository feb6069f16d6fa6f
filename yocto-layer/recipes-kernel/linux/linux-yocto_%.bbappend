FILESEXTRAPATHS:prepend:hitokoe := "${THISDIR}/${PN}:"

# For our distribution only: the kernels of others stay as they are.
SRC_URI:append:hitokoe = " file://box.cfg"
