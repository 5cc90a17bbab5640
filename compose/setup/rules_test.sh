#!/usr/bin/env bash
# Runs the unit tests of the alert rules with promtool, as it is in the monitoring image.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

exec docker run --rm --network none \
    --mount "type=bind,source=$PWD/compose/monitoring,target=/rules,readonly" \
    "incident-drills/monitoring:${DRILLS_IMAGE_TAG:-latest}" \
    promtool test rules /rules/rules_test.yml
