#!/usr/bin/env bash
# Resolves requirements/*.in into requirements/*.txt: hashed, for every platform, from the index
# that this machine is configured with. The locker lives in an environment of its own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

LOCKER=.setup/locker

[ -x "$LOCKER/bin/uv" ] || { "${PYTHON:-python3}" -m venv "$LOCKER" && "$LOCKER/bin/pip" install -q uv; }
cd requirements
for name in runtime dev; do
    # No header and no index lines: a lock must not say on which machine it was made.
    "../$LOCKER/bin/uv" pip compile -q --upgrade --no-config --universal --python-version 3.11 \
        --generate-hashes --no-header --no-emit-index-url "$name.in" -o "$name.txt"
done
