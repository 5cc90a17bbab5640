#!/usr/bin/env bash
# Builds the images of the stack when their sources changed since they were last built from this
# checkout, or when an image is not the one that was built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=compose/setup/debian.sh
. compose/setup/debian.sh

FILES=(compose/compose.yaml compose/tools.yaml)
STAMP=.setup/images

# One hash over names, modes and contents of everything that images are built from. The ERP's
# config folder is mounted, not built in, and the runbook has people edit it.
sources_hash() {
    find compose \( -path compose/setup -o -path compose/config \) -prune -o \
        -name __pycache__ -prune -o -type f ! -name '*.pyc' -printf '%m %p\0' | LC_ALL=C sort -z | {
        while IFS= read -r -d '' entry; do
            printf '%s\n' "$entry"
            names+=("${entry#* }")
        done
        sha256sum -- "${names[@]}"
    } | sha256sum | cut -d ' ' -f 1
}

# The stamp: first the hash of the sources, then an image name and its id a line.
fresh() {
    local hash names
    [ -f "$STAMP" ] || return 1
    hash=$(sources_hash)
    [ "$(head -n 1 "$STAMP")" = "$hash" ] || return 1
    mapfile -t names < <(tail -n +2 "$STAMP" | cut -d ' ' -f 1)
    [ "${#names[@]}" -gt 0 ] || return 1
    [ "$(describe "${names[@]}")" = "$(tail -n +2 "$STAMP")" ]
}

# "<name> <id>" a line for each image named; fails when one is not there.
describe() {
    docker image inspect --format '{{.Id}}' "$@" 2>/dev/null |
        paste -d ' ' <(printf '%s\n' "$@") -
}

# As `describe`; says which image was built by nobody.
described() {
    local name
    for name in "$@"; do
        docker image inspect "$name" >/dev/null 2>&1 || stop "expected the build to make $name, it did not"
    done
    describe "$@"
}

# Builds behind a proxy need to know it; docker hands these on without storing them in the image.
proxy_arguments() {
    local name
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
        if [ -n "${!name:-}" ]; then printf -- '--build-arg\n%s=%s\n' "$name" "${!name}"; fi
    done
}

build() {
    local file files=() arguments
    for file in "${FILES[@]}"; do files+=(-f "$file"); done
    mapfile -t arguments < <(proxy_arguments)
    docker compose "${files[@]}" build "${arguments[@]}" >&2
}

# The images that are to be there, a line each: of each file by itself, for a service that two of
# them call alike is one for compose, and only one of its two images is built.
wanted() {
    local file
    for file in "${FILES[@]}"; do docker compose -f "$file" config --images || return; done | sort -u
}

main() {
    local hash names
    if fresh; then return 0; fi
    announce "Building the images of the stack (minutes the first time, seconds after a change)."
    hash=$(sources_hash)
    with_retries build
    mapfile -t names < <(wanted)
    mkdir -p "$(dirname "$STAMP")"
    { printf '%s\n' "$hash" && described "${names[@]}"; } >"$STAMP.new"
    mv "$STAMP.new" "$STAMP"
}

main "$@"
