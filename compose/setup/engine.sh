#!/usr/bin/env bash
# Makes sure that a container engine with compose v2 and buildx answers.
#
# An engine that answers is used as it is. Where none does, and this is Debian (bookworm, trixie)
# and we are root, the packages are installed and the engine is started, after saying so.
# Anywhere else: one sentence that names what is missing, and exit 1.
#
# DRILLS_ALLOW_REMOTE_ENGINE=1   accept an engine that is not reached through a local socket.
set -euo pipefail
# shellcheck source=compose/setup/debian.sh
. "$(dirname "${BASH_SOURCE[0]}")/debian.sh"

ENGINE_LOG=${DRILLS_ENGINE_LOG:-/var/log/incident-drills-dockerd.log}
ENGINE_PIDFILE=${DRILLS_ENGINE_PIDFILE:-/run/docker.pid}
ENGINE_WAIT_S=${DRILLS_ENGINE_WAIT_S:-60}
DEFAULT_ENDPOINT=unix:///var/run/docker.sock
APT_FOLDER=${DRILLS_APT_FOLDER:-/etc/apt}
SOURCES=$APT_FOLDER/sources.list.d/incident-drills-$PACKAGE_SUITE.sources
PREFERENCES=$APT_FOLDER/preferences.d/incident-drills-$PACKAGE_SUITE

# Where the client would connect to: DOCKER_HOST, or else the active context.
endpoint() {
    if ! command -v docker >/dev/null; then
        printf '%s' "${DOCKER_HOST:-$DEFAULT_ENDPOINT}"
        return
    fi
    docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null ||
        printf '%s' "${DOCKER_HOST:-$DEFAULT_ENDPOINT}"
}

refuse_remote() {
    case $1 in
        unix://*) return 0 ;;
    esac
    if [ "${DRILLS_ALLOW_REMOTE_ENGINE:-}" != 1 ]; then
        stop "The docker endpoint $1 is not a local socket, and drills break things:" \
            "point DOCKER_HOST or the docker context at a local engine," \
            "or set DRILLS_ALLOW_REMOTE_ENGINE=1 if that engine is meant."
    fi
}

# Succeeds if the word $2 is among the words $1.
has() { case " $1 " in *" $2 "*) ;; *) return 1 ;; esac }

# What is missing of client, engine, compose and buildx, on one line; nothing when all is there.
missing_parts() {
    local found parts=()
    if ! command -v docker >/dev/null; then
        echo client engine compose buildx
        return
    fi
    found=$(docker info --format \
        '{{.ServerVersion}} {{range .ClientInfo.Plugins}}{{.Name}} {{end}}' 2>/dev/null) || true
    case $found in [0-9]*) ;; *) parts+=(engine) ;; esac
    # A client that cannot reach an engine does not list its plugins either: ask them themselves.
    has "$found" compose || docker compose version >/dev/null 2>&1 || parts+=(compose)
    has "$found" buildx || docker buildx version >/dev/null 2>&1 || parts+=(buildx)
    echo "${parts[*]}"
}

# One sentence where we cannot provide the missing parts $1 of the engine at $2.
refuse_what_we_cannot_install() {
    local missing=$1 where=$2
    if has "$missing" engine && [ "$where" != "$DEFAULT_ENDPOINT" ]; then
        stop "No container engine answers at $where: start it, or unset DOCKER_HOST" \
            "and choose the default docker context."
    fi
    if may_install; then return 0; fi
    stop "No usable container engine at $where (missing: $missing): install and start" \
        "Docker with the compose v2 and buildx plugins and make sure that this user may use it" \
        "(it is done for you only on Debian bookworm or trixie as root)."
}

# On bookworm the packages come from the next release, pinned so low that nothing else does.
add_suite() {
    suite_sources >"$SOURCES.new"
    [ -s "$SOURCES.new" ] || stop "apt has no source for $(debian_codename) main to take" \
        "the engine from: check /etc/apt/sources.list.d."
    mv "$SOURCES.new" "$SOURCES"
    printf 'Package: *\nPin: release n=%s\nPin-Priority: 100\n' "$PACKAGE_SUITE*" >"$PREFERENCES"
}

# The packages for the missing parts ($1), and no other: an engine that is there stays as it is.
packages_for() {
    local part
    for part in $1; do
        case $part in
            client) echo docker-cli ;;
            engine) command -v dockerd >/dev/null || echo docker.io ;;
            compose) echo docker-compose ;;
            buildx) echo docker-buildx ;;
        esac
    done
}

install_packages() {
    local wanted=("$@")
    say "Installing $* from Debian $PACKAGE_SUITE with this machine's own apt sources."
    if [ "$(debian_codename)" != "$PACKAGE_SUITE" ]; then
        add_suite
        wanted=("${wanted[@]/%//$PACKAGE_SUITE}")
    fi
    if ! with_retries apt_update; then
        rm -f "$SOURCES" "$PREFERENCES" # a source that apt cannot read would break the machine's apt
        stop "apt could not fetch its package lists; nothing was changed."
    fi
    with_retries apt_install "${wanted[@]}"
}

# dockerd refuses to start while its pid file names any living process, even another program.
drop_stale_pidfile() {
    local pid
    [ -s "$ENGINE_PIDFILE" ] || return 0
    pid=$(cat "$ENGINE_PIDFILE")
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ] || rm -f "$ENGINE_PIDFILE"
}

start_engine() {
    if [ -d /run/systemd/system ]; then
        say "Starting the container engine with systemd."
        systemctl start docker
        return
    fi
    say "Starting dockerd (log: $ENGINE_LOG)."
    drop_stale_pidfile
    # A session of its own and no descriptor of ours: the engine outlives us and holds no lock.
    setsid dockerd --pidfile "$ENGINE_PIDFILE" >>"$ENGINE_LOG" 2>&1 </dev/null \
        3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
}

wait_for_engine() {
    local waited=0
    until docker version >/dev/null 2>&1; do
        if [ "$waited" -ge "$((ENGINE_WAIT_S * 5))" ]; then
            say "The container engine did not answer within $ENGINE_WAIT_S s; the end of $ENGINE_LOG:"
            tail -n 20 "$ENGINE_LOG" >&2 || true
            exit 1
        fi
        sleep 0.2
        waited=$((waited + 1))
    done
}

main() {
    local where missing packages
    where=$(endpoint)
    refuse_remote "$where"
    missing=$(missing_parts)
    [ -n "$missing" ] || return 0
    refuse_what_we_cannot_install "$missing" "$where"
    announce "Setting up the container engine (missing: $missing)."
    mapfile -t packages < <(packages_for "$missing")
    [ "${#packages[@]}" -eq 0 ] || install_packages "${packages[@]}"
    hash -r
    if has "$missing" engine; then
        start_engine
        wait_for_engine
    fi
    missing=$(missing_parts)
    [ -z "$missing" ] || stop "Still missing after the installation: $missing."
    say "The container engine answers."
}

main "$@"
