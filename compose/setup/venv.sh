#!/usr/bin/env bash
# Makes sure that .venv holds the hashed requirements and this project (editable).
# PYTHON names the interpreter to build it from; without it the newest python3.11+ on PATH.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=compose/setup/debian.sh
. compose/setup/debian.sh

VENV=.venv
STAMP=$VENV/.incident-drills
REQUIREMENTS=requirements/dev.txt

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if new_enough "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    stop "Python 3.11 or later is needed and ${PYTHON:-none on PATH} is not that: install it or set PYTHON."
}

# What the environment was made from; it is made anew when this changes.
fingerprint() {
    local python
    python=$(readlink -f "$VENV/bin/python" 2>/dev/null) || true
    printf '%s\n' "$PWD" "$python"
    sha256sum "$REQUIREMENTS" pyproject.toml
}

fresh() {
    [ -x "$VENV/bin/python" ] && [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$(fingerprint)" ]
}

# Debian splits ensurepip off; as root it is added, as anyone else the package is named.
ensure_ensurepip() {
    if "$1" -c 'import ensurepip' 2>/dev/null; then return 0; fi
    may_install || stop "$1 cannot make virtual environments: install the package python3-venv."
    say "Installing python3-venv."
    with_retries apt_install python3-venv || { with_retries apt_update && with_retries apt_install python3-venv; }
}

make_venv() {
    local python
    if new_enough "$VENV/bin/python"; then return 0; fi
    python=$(find_python)
    ensure_ensurepip "$python"
    "$python" -m venv --clear "$VENV"
}

pip_install() {
    "$VENV/bin/python" -m pip --disable-pip-version-check install -q "$@" >&2
}

main() {
    if fresh; then return 0; fi
    announce "Making the virtual environment $VENV from $REQUIREMENTS."
    make_venv
    with_retries pip_install --require-hashes -r "$REQUIREMENTS"
    # The build back end is one of the hashed requirements, so nothing is fetched unhashed.
    pip_install --no-deps --no-build-isolation -e .
    fingerprint >"$STAMP"
}

main "$@"
