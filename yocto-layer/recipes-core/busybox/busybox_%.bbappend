FILESEXTRAPATHS:prepend:hitokoe := "${THISDIR}/${PN}:"

# What the scripts of rootfs/ ask of the small tools. For our distribution only.
SRC_URI:append:hitokoe = " file://scripts.cfg"
