"""A tiny compose stack, and a docker command that is interrupted."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import uuid4

from drills.clock import SystemClock
from drills.stack.engines.compose import ComposeStack
from drills.stack.engines.source import Source

COMPOSE_FILE = """
services:
  web: &service
    image: debian:trixie-slim
    init: true
    command: [sleep, "600"]
    labels: {incident-drills.drill: "${DRILL_ID:-none}"}
    ports: ["127.0.0.1:${WEB_PORT:-18080}:8080"]
    volumes: ["${DRILL_CONFIG_DIR:-./config}:/config:ro", "data:/data", "/anonymous"]
  worker:
    <<: *service
    command: [sh, -c, "trap '' TERM; while :; do sleep 1; done"]
    environment: {GREETING: "${GREETING:-none}"}
    ports: []
    volumes: []
    deploy: {replicas: 2}
volumes:
  data: {labels: {incident-drills.drill: "${DRILL_ID:-none}"}}
"""


def tiny_stack(directory: Path, **environment: str) -> ComposeStack:
    """Two services and three containers, a network, a named and an anonymous volume."""
    configuration = directory / "config"
    configuration.mkdir(exist_ok=True)
    (configuration / "web.env").write_text("COLOUR=blue\n")
    file = directory / "compose.yaml"
    file.write_text(COMPOSE_FILE)
    project = f"tiny-{uuid4().hex[:12]}"
    source = Source(file, configuration, environment)
    return ComposeStack(source, project, f"of-{project}", SystemClock())


def command_in_between(directory: Path, subcommand: str, script: str) -> Path:
    """A directory for PATH whose ``docker`` runs ``script`` around one subcommand of compose.

    In the script, ``"$REAL" "$@"`` is the real command and ``$PPID`` is us.
    """
    real = shutil.which("docker")
    place = directory / "bin"
    place.mkdir()
    wrapper = place / "docker"
    wrapper.write_text(
        f"#!/bin/sh\nREAL={real}\n"
        f'case " $* " in *" {subcommand} "*) ;; *) exec "$REAL" "$@" ;; esac\n'
        f"{script}\n"
    )
    wrapper.chmod(0o755)
    return place
