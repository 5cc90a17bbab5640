#!/usr/bin/env bash
# Makes sure that Chromium is on PATH, for the tests that look at a report.
set -euo pipefail
# shellcheck source=compose/setup/debian.sh
. "$(dirname "${BASH_SOURCE[0]}")/debian.sh"

if command -v chromium >/dev/null; then exit 0; fi
may_install || stop "Chromium is not on PATH: install the package chromium" \
    "(it is done for you only on Debian bookworm or trixie as root)."
announce "Installing chromium and poppler-utils."
with_retries apt_update
with_retries apt_install chromium poppler-utils
