"""The links of containers on an engine that speaks Docker's API.

Rules stand in the network namespace of one container, made by a helper that joins it. One that
shares its namespace, with the host or with anybody, is never touched.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from drills.errors import EngineError
from drills.stack.engines import nftables, sockets
from drills.stack.engines.asking import Ask
from drills.stack.engines.attendants import Attendants
from drills.stack.engines.beside import Beside, Inspected, Where, drill_of
from drills.stack.engines.errand import FIRST, Call, Gave
from drills.stack.engines.marked import HELPER_LABEL
from drills.stack.engines.rules import RULES, made
from drills.stack.links import Attached, Handling, Rule
from drills.stack.runtime import Container

_Inspected = Mapping[str, Any]  # a container as the engine describes it


class DockerLinks:
    """See ``drills.stack.links.Links``."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._inspected = Inspected(ask)
        self._beside = Beside(ask)
        self._attendants = Attendants(ask)

    def attached(self, container: Container) -> Attached:
        """Its networks and addresses, and who else is in its namespace."""
        inspected = self._inspected.of(container)
        networks = inspected["NetworkSettings"]["Networks"] or {}
        addresses = {
            str(each["NetworkID"]): tuple(
                each[key] for key in ("IPAddress", "GlobalIPv6Address") if each.get(key)
            )
            for each in networks.values()
        }
        return Attached(
            {key: some for key, some in addresses.items() if some}, self._shared(inspected)
        )

    def add(self, container: Container, rules: Collection[Rule], mark: str) -> None:
        """Make the rules, all at once. Refuses a namespace that is not the container's own."""
        inspected = self._own(container)
        made(lambda calls: self._run(inspected, calls, mark), rules, mark)

    def rules(self, container: Container, mark: str) -> frozenset[Rule | None]:
        """What the kernel says that it does under the mark."""
        return frozenset(rule for _, rule in self._listed(container, mark))

    def remove(self, container: Container, mark: str) -> None:
        """End the helpers, and remove the tables that hold rules of the mark."""
        self._attendants.end(mark)
        if families := {family for family, _ in self._listed(container, mark)}:
            inspected = self._inspected.of(container)
            calls = nftables.asked(nftables.removing(mark, families))
            nftables.done(self._run(inspected, calls, mark))

    def handle(
        self,
        container: Container,
        rules: Collection[Rule],
        handling: Handling,
        time_to_live: float,
        mark: str,
    ) -> None:
        """Start a helper, and then make the rules."""
        inspected = self._own(container)
        network = f"container:{inspected['Id']}"
        self._attendants.start(network, handling, time_to_live, drill_of(inspected), mark)
        self.add(container, rules, mark)

    def handled(self, mark: str) -> bool:
        """Whether the helper of the mark runs."""
        return self._attendants.runs(mark)

    def reset(self, container: Container, addresses: Collection[str], mark: str) -> int:
        """List them, end them by their numbers, and list them again."""
        inspected = self._own(container)
        look = sockets.listing()
        found = sockets.listed(self._run(inspected, look, mark), addresses)
        if found:
            end = sockets.ending(found)
            gave = self._run(inspected, [*end, Call("close_range", (FIRST, FIRST, 0)), *look], mark)
            sockets.ended(gave[: len(end)])
            if left := found & sockets.listed(gave[len(end) + 1 :], addresses):
                raise EngineError(f"{len(left)} of {len(found)} connections are still open")
        return len(found)

    def _own(self, container: Container) -> _Inspected:
        """Raises EngineError for a namespace that is not the container's own."""
        inspected = self._inspected.of(container)
        if shared := self._shared(inspected):
            raise EngineError(f"{container.name} shares its network with {shared}")
        return inspected

    def _listed(self, container: Container, mark: str) -> Sequence[tuple[int, Rule | None]]:
        """With its family; none where it does not run, for then it has no namespace."""
        inspected = self._inspected.of(container)
        if not inspected["State"]["Running"]:
            return ()
        calls = nftables.asked(*nftables.listing(mark))
        try:
            return nftables.listed(mark, self._run(inspected, calls, mark))
        except EngineError:
            if self._inspected.ended(container):  # meanwhile
                return ()
            raise

    def _run(self, inspected: _Inspected, calls: Sequence[Call], mark: str) -> list[Gave]:
        """In the container's network, by a helper that is of the drill whose it is."""
        where = Where(inspected["Image"], (RULES,), f"container:{inspected['Id']}")
        return self._beside.run(where, calls, drill_of(inspected), mark)

    def _shared(self, inspected: _Inspected) -> str:
        mode = str(inspected["HostConfig"]["NetworkMode"])
        if mode == "host" or mode.startswith(("container:", "ns:")):
            return "the host" if mode == "host" else "another container"
        own = (inspected["Id"], inspected["Id"][:12], inspected["Name"].removeprefix("/"))
        joined = {f"container:{name}" for name in own}
        with self._ask("look for who shares a network") as client:
            rows = client.containers(all=True)
        return ", ".join(
            row["Names"][0].removeprefix("/")
            for row in rows
            if row["HostConfig"]["NetworkMode"] in joined and HELPER_LABEL not in row["Labels"]
        )
