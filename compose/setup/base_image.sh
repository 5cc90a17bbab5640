#!/usr/bin/env bash
# Makes sure that the base image of all our images is there: present, else pulled, else built
# from Debian's packages with this machine's own apt sources. The Dockerfiles are alike either way.
set -euo pipefail
# shellcheck source=compose/setup/debian.sh
. "$(dirname "${BASH_SOURCE[0]}")/debian.sh"

BASE_IMAGE=debian:$PACKAGE_SUITE-slim
PULL_LIMIT_S=${DRILLS_PULL_LIMIT_S:-60}
DEFAULT_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
# The day trixie was released: no file of the image is dated later, so equal packages give equal bytes.
export SOURCE_DATE_EPOCH=1754697600
# What the slim images of Debian leave out.
LEFT_OUT=(
    '--dpkgopt=path-exclude=/usr/share/doc/*'
    '--dpkgopt=path-include=/usr/share/doc/*/copyright'
    '--dpkgopt=path-exclude=/usr/share/groff/*'
    '--dpkgopt=path-exclude=/usr/share/info/*'
    '--dpkgopt=path-exclude=/usr/share/lintian/*'
    '--dpkgopt=path-exclude=/usr/share/locale/*'
    '--dpkgopt=path-exclude=/usr/share/man/*'
    '--aptopt=Acquire::Languages "none"'
    '--aptopt=APT::Install-Recommends "false"'
)

present() { docker image inspect "$BASE_IMAGE" >/dev/null 2>&1; }

pull() {
    announce "Fetching the base image $BASE_IMAGE."
    say "Pulling it (at most $PULL_LIMIT_S s)."
    timeout "$PULL_LIMIT_S" docker pull -q "$BASE_IMAGE" >/dev/null 2>&1
}

# Runs in the tree of the new image ($1): what apt needs there beyond its sources.
carry_apt_needs() {
    local tree=$1 proxy keyring
    proxy=$(apt-config dump | grep -E '^Acquire::https?::Proxy ' || true)
    if [ -n "$proxy" ]; then printf '%s\n' "$proxy" >"$tree/etc/apt/apt.conf.d/80proxy"; fi
    while read -r keyring; do
        [ "$keyring" = "$DEFAULT_KEYRING" ] || install -D -m 644 "$keyring" "$tree$keyring"
    done < <(suite_sources | sed -n 's/^Signed-By: //p' | sort -u)
    # A mirror behind https may be signed by an authority that only this machine knows.
    if suite_sources | grep -q '^URIs: https'; then
        install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/ca-certificates.crt"
    fi
}

# The image's file system as a tar file at $1.
bootstrap() {
    # shellcheck disable=SC2016  # mmdebstrap's shell expands "$1", the new tree
    suite_sources | mmdebstrap --quiet --variant=minbase "${LEFT_OUT[@]}" \
        --customize-hook="'${BASH_SOURCE[0]}' carry-apt-needs \"\$1\"" \
        --customize-hook='rm -rf "$1"/var/log/*.log "$1"/var/log/apt "$1"/var/cache/debconf/*-old' \
        "$PACKAGE_SUITE" "$1" - >&2
}

build() {
    local folder
    say "The hub cannot be reached; building $BASE_IMAGE from Debian's packages."
    command -v mmdebstrap >/dev/null || with_retries apt_install mmdebstrap ||
        { with_retries apt_update && with_retries apt_install mmdebstrap; }
    folder=$(mktemp -d)
    # shellcheck disable=SC2064  # the folder of now
    trap "rm -rf '$folder'" EXIT
    chmod 755 "$folder"
    with_retries bootstrap "$folder/base.tar"
    docker import --change 'CMD ["bash"]' "$folder/base.tar" "$BASE_IMAGE" >/dev/null
}

main() {
    if [ "${1:-}" = carry-apt-needs ]; then
        carry_apt_needs "$2"
        return
    fi
    if present || pull; then return 0; fi
    may_install || stop "$BASE_IMAGE is neither here nor can it be pulled, and it can be built" \
        "only on Debian bookworm or trixie as root: load it with 'docker load' or give the engine a network."
    build
}

main "$@"
