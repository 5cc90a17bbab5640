#!/usr/bin/env bash
# Everything that has to be there before a drill, in order: virtual environment, engine, base
# image, images of the stack; with "venv" only the first. Each step skips what is there.
# Two terminals may call it at once: they take turns.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

LOCK=.setup/lock
LOCK_WAIT_S=1800

if [ "${1:-}" != --locked ] && command -v flock >/dev/null; then
    mkdir -p .setup
    # The lock belongs to flock itself (-o): an engine that we start must not inherit it.
    exec flock -o -w "$LOCK_WAIT_S" "$LOCK" compose/setup/setup.sh --locked "$@"
fi
[ "${1:-}" != --locked ] || shift
compose/setup/venv.sh
[ "${1:-}" != venv ] || exit 0
compose/setup/engine.sh
compose/setup/base_image.sh
compose/setup/images.sh
