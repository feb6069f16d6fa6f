# hitokoe-firewall.service starts where nft is there.
RDEPENDS:${PN} += "nftables"
