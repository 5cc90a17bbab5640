"""What runs a stack, and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drills.stack.engines.docker import PROJECT_LABEL, SERVICE_LABEL
from drills.stack.engines.engine import Engine
from drills.stack.runtime import DEPENDS_ON, IMAGE

DEPENDS_ON_LABEL = "com.docker.compose.depends_on"


def versions_of(engine: Engine, project: str) -> Mapping[str, str]:
    """The version of ``engine``, ``target``, its address, and what ``Stack`` says of services."""
    with engine.asked("list the stack's images") as client:
        rows = client.containers(all=True, filters={"label": f"{PROJECT_LABEL}={project}"})
    rows = sorted(rows, key=lambda row: str(row["Labels"].get(SERVICE_LABEL, "")))
    images = {f"{IMAGE}{row['Labels'].get(SERVICE_LABEL, '')}": str(row["ImageID"]) for row in rows}
    depend = {f"{DEPENDS_ON}{row['Labels'].get(SERVICE_LABEL, '')}": _on(row) for row in rows}
    return {"engine": engine.version(), "target": engine.target, **images, **depend}


def _on(row: Mapping[str, Any]) -> str:
    """The services that one depends on, as compose notes them: ``db:service_healthy:false``."""
    noted = str(row["Labels"].get(DEPENDS_ON_LABEL, ""))
    return ",".join(each.partition(":")[0] for each in noted.split(",") if each)
