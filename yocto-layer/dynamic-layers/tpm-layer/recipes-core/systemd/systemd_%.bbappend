# The data partition is encrypted with a key that only this machine's TPM 2.0 gives out. For our distribution
# only: the systemd of others stays as it is.
PACKAGECONFIG:append:hitokoe = " cryptsetup openssl tpm2"
