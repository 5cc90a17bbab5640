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
ENGINE_PIDFILE=/run/docker.pid
ENGINE_WAIT_S=${DRILLS_ENGINE_WAIT_S:-60}
DEFAULT_ENDPOINT=unix:///var/run/docker.sock
SOURCES=/etc/apt/sources.list.d/incident-drills-$PACKAGE_SUITE.sources
PREFERENCES=/etc/apt/preferences.d/incident-drills-$PACKAGE_SUITE
PACKAGES=(docker.io docker-cli docker-compose docker-buildx)

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

# What is missing of: client, engine, compose, buildx. Empty output when all is there.
missing_parts() {
    local found
    if ! command -v docker >/dev/null; then
        echo client engine compose buildx
        return
    fi
    found=$(docker info --format \
        '{{.ServerVersion}} {{range .ClientInfo.Plugins}}{{.Name}} {{end}}' 2>/dev/null) || true
    case $found in [0-9]*) ;; *) echo engine ;; esac
    case $found in *compose*) ;; *) docker compose version >/dev/null 2>&1 || echo compose ;; esac
    case $found in *buildx*) ;; *) docker buildx version >/dev/null 2>&1 || echo buildx ;; esac
}

# One sentence for a machine on which we do not install anything.
explain_missing() {
    local missing=$1 where=$2
    if [ "$missing" = engine ] && [ "$where" != "$DEFAULT_ENDPOINT" ]; then
        stop "No container engine answers at $where: start it, or unset DOCKER_HOST" \
            "and choose the default docker context."
    fi
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

install_packages() {
    local wanted=("${PACKAGES[@]}")
    say "Installing ${PACKAGES[*]} and iptables from Debian $PACKAGE_SUITE with this machine's own apt sources."
    if [ "$(debian_codename)" != "$PACKAGE_SUITE" ]; then
        add_suite
        wanted=("${PACKAGES[@]/%//$PACKAGE_SUITE}")
    fi
    if ! with_retries apt_update; then
        rm -f "$SOURCES" "$PREFERENCES" # a source that apt cannot read would break the machine's apt
        stop "apt could not fetch its package lists; nothing was changed."
    fi
    with_retries apt_install "${wanted[@]}" iptables
}

packages_installed() {
    dpkg-query -W -f '${Status}\n' "${PACKAGES[@]}" iptables 2>/dev/null |
        awk '/^install ok installed$/ { n++ } END { exit n != 5 }'
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
    local where missing
    where=$(endpoint)
    refuse_remote "$where"
    missing=$(missing_parts | xargs)
    [ -n "$missing" ] || return 0
    if [ "$where" != "$DEFAULT_ENDPOINT" ] || ! may_install; then
        explain_missing "$missing" "$where"
    fi
    say "No usable container engine (missing: $missing)."
    packages_installed || install_packages
    hash -r
    case " $missing " in *' engine '*) start_engine && wait_for_engine ;; esac
    missing=$(missing_parts | xargs)
    [ -z "$missing" ] || stop "Still missing after the installation: $missing."
    say "The container engine answers."
}

main "$@"
