#!/usr/bin/env bash
# Everything that has to be there before a drill, in order: virtual environment, engine, base
# image, images of the stack; with "venv" only the first, with "browser" what looks at reports.
# Each step skips what is there; what it prints is in .setup/setup.log. Two terminals may call it at
# once: they take turns.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

LOCK=.setup/lock
LOCK_WAIT_S=1800

if [ "${1:-}" != --locked ] && command -v flock >/dev/null; then
    mkdir -p .setup
    flock -n -o "$LOCK" true || printf 'Another set-up is under way; waiting for it (at most %d min).\n' \
        "$((LOCK_WAIT_S / 60))" >&2
    # The lock belongs to flock itself (-o): an engine that we start must not inherit it.
    exec flock -o -w "$LOCK_WAIT_S" "$LOCK" compose/setup/setup.sh --locked "$@"
fi
[ "${1:-}" != --locked ] || shift

step() { compose/setup/step.sh "$@"; }

if [ "${1:-}" = browser ]; then
    step "Chromium" compose/setup/browser.sh
    exit
fi
step "Virtual environment" compose/setup/venv.sh
[ "${1:-}" != venv ] || exit 0
step "Container engine" compose/setup/engine.sh
step "Base image" compose/setup/base_image.sh
step "Images of the stack" compose/setup/images.sh
