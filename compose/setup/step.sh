#!/usr/bin/env bash
# Runs one step of the set-up: step.sh <what it is about> <command> [<argument>...]
#
# A step that announces itself gets one line, which ends with the time it took; one that finds all
# there says nothing. What it and its tools print goes to the log, and where it fails the end of
# that is shown. Exits as the command does.
set -euo pipefail

LOG=${DRILLS_SETUP_LOG:-.setup/setup.log}
SHOWN=20 # lines of a step that failed

stamp() { date -u +%Y-%m-%dT%H:%M:%SZ; }

took() {
    if [ "$1" -lt 60 ]; then printf '%d s' "$1"; else printf '%d min %02d s' "$(($1 / 60))" "$(($1 % 60))"; fi
}

main() {
    local what=$1 status=0 before spent
    shift
    mkdir -p "$(dirname "$LOG")"
    : >>"$LOG"
    before=$(wc -c <"$LOG")
    DRILLS_STEP_MARK=$(mktemp)
    # shellcheck disable=SC2064  # the file of now
    trap "rm -f '$DRILLS_STEP_MARK'" EXIT
    export DRILLS_STEP_MARK DRILLS_SETUP_LOG="$LOG" DRILLS_STEP="$what"
    SECONDS=0
    # Descriptor 3 is where people read; `announce` in debian.sh writes to it.
    "$@" 3>&2 >>"$LOG" 2>&1 </dev/null || status=$?
    spent=$(took "$SECONDS")
    if [ "$status" = 0 ] && [ ! -s "$DRILLS_STEP_MARK" ]; then return; fi
    [ "$status" = 0 ] || spent="failed after $spent (exit status $status)"
    printf '=== %s %s: %s\n' "$(stamp)" "$what" "$spent" >>"$LOG"
    if [ -s "$DRILLS_STEP_MARK" ]; then printf '%s\n' "$spent" >&2; else printf '%s: %s\n' "$what" "$spent" >&2; fi
    if [ "$status" != 0 ]; then
        printf 'The end of %s:\n' "$LOG" >&2
        tail -c "+$((before + 1))" "$LOG" | grep -v '^=== ' | tail -n "$SHOWN" | sed 's/^/    /' >&2 || true
        exit "$status"
    fi
}

main "$@"
