"""What an engine that speaks Docker's API lets its containers have.

It is asked by its own door for changes: the SDK's knows nothing of a limit on processes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drills.stack.engines.asking import Ask
from drills.stack.runtime import Container

_PERIOD_US = 100_000  # in which a quota is counted, unless the container says another one
_WHOLE = 10**9  # of a processor, as an engine counts them
# Given a container and what to change of its limits, in the engine's words.
Update = Callable[[Container, Mapping[str, Any]], None]


class DockerLimits:
    """See ``drills.stack.runtime.Limits``."""

    def __init__(self, ask: Ask, update: Update) -> None:
        self._ask = ask
        self._update = update

    def processors(self, container: Container) -> float:
        """As the engine says: in processors, or as a quota of a period."""
        host = self._host(container)
        if host.get("NanoCpus"):
            return int(host["NanoCpus"]) / _WHOLE
        return max(int(host.get("CpuQuota") or 0), 0) / _period(host)

    def limit_processors(self, container: Container, processors: float) -> None:
        """In the unit that the container has been limited in: an engine takes no other one."""
        host = self._host(container)
        if host.get("NanoCpus"):
            self._update(container, {"NanoCpus": round(processors * _WHOLE)})
        else:
            quota = round(processors * _period(host)) or -1  # 0 would change nothing
            self._update(container, {"CpuQuota": quota})

    def processes(self, container: Container) -> int:
        """Not limited is null, 0 and -1 to an engine, by how it came about."""
        return max(int(self._host(container).get("PidsLimit") or 0), 0)

    def limit_processes(self, container: Container, processes: int) -> None:
        """Threads are counted too."""
        self._update(container, {"PidsLimit": processes or -1})

    def restart_policy(self, container: Container) -> str:
        """With the number of tries where there is one."""
        policy = self._host(container).get("RestartPolicy") or {}
        tries = int(policy.get("MaximumRetryCount") or 0)
        return (policy.get("Name") or "no") + (f":{tries}" if tries else "")

    def restart_by(self, container: Container, policy: str) -> None:
        """As ``docker update --restart`` takes it."""
        name, _, tries = policy.partition(":")
        words = {"Name": name, "MaximumRetryCount": int(tries or 0)}
        self._update(container, {"RestartPolicy": words})

    def _host(self, container: Container) -> Mapping[str, Any]:
        with self._ask(f"inspect {container.name}") as client:
            host: Mapping[str, Any] = client.inspect_container(container.id)["HostConfig"]
            return host


def _period(host: Mapping[str, Any]) -> int:
    return int(host.get("CpuPeriod") or 0) or _PERIOD_US
