# shellcheck shell=bash
# What the set-up scripts need to know about a Debian machine: its release and where its own apt
# gets packages from. Sourced, not run. No archive's name is written here: whatever mirror the
# machine uses is the one we use.

OS_RELEASE=${DRILLS_OS_RELEASE:-/etc/os-release}
USER_ID=${DRILLS_USER_ID:-$(id -u)}
PACKAGE_SUITE=trixie

say() { printf '%s\n' "$*" >&2; }

# Say what a step is about to do, once it knows that there is something to do. Where step.sh runs
# it, people see the first of these as the beginning of its line, and the log gets a header.
announce() {
    if [ -n "${DRILLS_STEP_MARK:-}" ] && [ ! -s "$DRILLS_STEP_MARK" ]; then
        printf '=== %s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$DRILLS_STEP" >&2
        printf '%s (output: %s) ... ' "${*%.}" "$DRILLS_SETUP_LOG" >&3
        printf 'announced\n' >"$DRILLS_STEP_MARK"
    fi
    say "$@"
}

stop() {
    say "$*"
    exit 1
}

# The codename (bookworm, trixie) of the Debian release we run on; empty on anything else.
debian_codename() {
    [ -r "$OS_RELEASE" ] || return 0
    # shellcheck source=/dev/null
    (. "$OS_RELEASE" && [ "${ID:-}" = debian ] && printf '%s' "${VERSION_CODENAME:-}") || true
}

# Succeeds where we may install packages: Debian bookworm or trixie, as root.
may_install() {
    case $(debian_codename) in
        bookworm | trixie) [ "$USER_ID" = 0 ] ;;
        *) return 1 ;;
    esac
}

# The keyring that the apt source file $1 names, else Debian's own, else "-" (apt's trust store).
keyring_of() {
    local keyring
    keyring=$(sed -nE 's/.*[Ss]igned-[Bb]y[:=][[:space:]]*(\/[^],[:space:]]+).*/\1/p' "$1" | head -n 1)
    for keyring in "$keyring" /usr/share/keyrings/debian-archive-keyring.gpg; do
        if [ -r "$keyring" ]; then
            printf '%s' "$keyring"
            return
        fi
    done
    printf '%s' -
}

# The archive that carries release $1 on this machine as "<uri> <keyring>"; empty if there is none.
archive_of() {
    local uri file
    # apt tells URI and file; the keyring has no field in bookworm's apt and is read from the file.
    # shellcheck disable=SC2016  # apt expands these, not the shell
    apt-get indextargets --format '$(CREATED_BY)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)|$(SOURCESENTRY)' |
        awk -F'|' -v release="$1" '
            $1 == "Packages" && $2 == "main" && $3 == release && !n++ {
                sub(/:[0-9]+$/, "", $5); print $4, $5
            }' |
        while read -r uri file; do
            printf '%s %s\n' "$uri" "$(keyring_of "$file")"
        done
}

# A deb822 stanza for suite $3 in the archive $1 with keyring $2.
source_stanza() {
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n' "$1" "$3"
    if [ "$2" != - ]; then printf 'Signed-By: %s\n' "$2"; fi
    printf '\n'
}

# Sources of PACKAGE_SUITE (main archive, security archive) taken from this machine's own.
suite_sources() {
    local codename suffix uri keyring
    codename=$(debian_codename)
    for suffix in '' -security; do
        archive_of "$codename$suffix" | while read -r uri keyring; do
            source_stanza "$uri" "$keyring" "$PACKAGE_SUITE$suffix"
        done
    done
}

# Runs a command up to three times: mirrors hiccup, and a set-up should not die of it.
with_retries() {
    local attempt
    for attempt in 1 2 3; do
        if "$@"; then return 0; fi
        say "attempt $attempt of 3 failed: $*"
        sleep "$((attempt * 2))"
    done
    return 1
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 "$@" >&2
}

apt_update() {
    apt-get update -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 >&2
}
