#!/bin/sh
# Links `xtask` itself. A fresh Debian with nothing but rustup's cargo has no C compiler, and without one
# not even the command that installs the packages could be built: so it is installed here, once.
if ! command -v cc >/dev/null 2>&1; then
    echo "Installing from Debian: gcc libc6-dev (nothing can be linked without)" >&2
    sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    # Several links may begin at once; the first one installs, the others wait.
    exec 9>"${TMPDIR:-/tmp}/hitokoe-bootstrap.lock"
    flock 9
    command -v cc >/dev/null 2>&1 ||
        { $sudo apt-get update -q && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q --no-install-recommends gcc libc6-dev; } >&2 ||
        exit 1
fi
exec cc "$@"
