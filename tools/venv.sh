#!/bin/sh
# Makes the virtual environment in $1 with $PYTHON, or with the newest Python found; what goes into it is the Makefile's.
set -eu
target=$1

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true >/dev/null 2>&1; then sudo -n "$@"
    else return 1
    fi
}

if [ -z "${PYTHON:-}" ]; then
    for candidate in python3.14 python3.13 python3.12 python3.11 python3; do
        if is_new_enough "$candidate"; then PYTHON=$candidate; break; fi
    done
fi
if [ -z "${PYTHON:-}" ]; then
    echo "no Python 3.11 or newer found (looked for python3.14 to python3.11 and python3); install one, or name it: make PYTHON=/path/to/python3" >&2
    exit 1
fi
if ! is_new_enough "$PYTHON"; then
    echo "PYTHON=$PYTHON is no Python 3.11 or newer ($("$PYTHON" --version 2>&1 || true)); name another: make PYTHON=/path/to/python3" >&2
    exit 1
fi

# Debian and Ubuntu keep the part of Python that makes environments in a package of its own.
if ! "$PYTHON" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    package=$("$PYTHON" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if command -v apt-get >/dev/null 2>&1; then
        echo "installing Debian's package $package, without which $PYTHON makes no virtual environments" >&2
        if ! { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$package" >/dev/null; } </dev/null
        then
            echo "$PYTHON makes no virtual environments without the package $package; install it: sudo apt-get install $package" >&2
            exit 1
        fi
    else
        echo "$PYTHON makes no virtual environments: its modules venv and ensurepip are missing; install your system's package of them, or name another Python: make PYTHON=/path/to/python3" >&2
        exit 1
    fi
fi

echo "making $target with $PYTHON ($("$PYTHON" --version 2>&1))"
"$PYTHON" -m venv --clear "$target"
