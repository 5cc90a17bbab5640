"""What runs a stack, and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping

from drills.stack.engines.docker import PROJECT_LABEL, SERVICE_LABEL
from drills.stack.engines.engine import Engine


def versions_of(engine: Engine, project: str) -> Mapping[str, str]:
    """The version of ``engine``, ``target``, its address, and the id of ``image:<service>``."""
    with engine.asked("list the stack's images") as client:
        rows = client.containers(all=True, filters={"label": f"{PROJECT_LABEL}={project}"})
    images = {f"image:{row['Labels'].get(SERVICE_LABEL, '')}": str(row["ImageID"]) for row in rows}
    return {"engine": engine.version(), "target": engine.target, **dict(sorted(images.items()))}
