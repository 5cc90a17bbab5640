"""Links between containers on paper: rules are noted, and gone with their container's run."""

from __future__ import annotations

import copy
from collections.abc import Collection, Sequence
from typing import Protocol, Self

from drills.errors import EngineError
from drills.stack.links import Attached, Handling, Rule
from drills.stack.runtime import Container, ContainerState


class Host(Protocol):
    """What the containers are part of; a ``FakeRuntime`` is one."""

    def containers(self, service: str = "") -> Sequence[Container]:
        """Those that there are."""

    def state(self, container: Container) -> ContainerState:
        """What a container is in."""


class FakeLinks:
    """All containers are on one network, until they are ``detach``ed or ``share`` another's.

    ``deaf`` has it say yes to everything and do nothing.
    """

    def __init__(self, host: Host) -> None:
        self.deaf = False
        self._host = host
        self.open: dict[str, int] = {}  # connections, by the address at the other end
        self.handlings: dict[str, Handling] = {}  # of what is queued, by the mark; each may end
        self._detached: set[str] = set()
        self._shared: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        # By container, the start of its run and the mark.
        self._rules: dict[tuple[str, str, str], frozenset[Rule | None]] = {}

    # What a test scripts

    def detach(self, container: Container) -> None:
        """It is on no network."""
        self._detached.add(container.id)

    def share(self, container: Container, whose: str) -> None:
        """It has its network namespace together with somebody."""
        self._shared[container.id] = whose

    def leave_out(self, container: Container, mark: str, rule: Rule) -> None:
        """Somebody removes one of the rules."""
        self._rules[self._key(container, mark)] -= {rule}

    def change(self, container: Container, mark: str) -> None:
        """Somebody changes one of the rules."""
        key = self._key(container, mark)
        self._rules[key] = self._rules[key] - {next(iter(self._rules[key]))} | {None}

    def seen_by(self, host: Host) -> Self:
        """The same links, for who asks by another ``host``."""
        links = copy.copy(self)
        links._host = host  # noqa: SLF001 - one of its own kind
        return links

    # What a fault asks: see drills.stack.links.Links

    def attached(self, container: Container) -> Attached:
        """One network with one address, as scripted."""
        self._host.state(container)
        number = self._numbers.setdefault(container.id, len(self._numbers) + 2)
        own = {} if container.id in self._detached else {"network": (f"10.0.0.{number}",)}
        return Attached(own, self._shared.get(container.id, ""))

    def add(self, container: Container, rules: Collection[Rule], mark: str) -> None:
        """Note them. Refuses what a kernel and its engine do."""
        if shared := self._shared.get(container.id):
            raise EngineError(f"{container.name} shares its network with {shared}")
        if not self._host.state(container).running:
            raise EngineError(f"cannot join the network of {container.name}: it is not running")
        if self.rules(container, mark):
            raise EngineError("the kernel's packet filter refuses: File exists")
        if not self.deaf:
            self._rules[self._key(container, mark)] = frozenset(rules)

    def rules(self, container: Container, mark: str) -> frozenset[Rule | None]:
        """What was noted, while it runs."""
        key = self._key(container, mark)
        running = self._host.state(container).running
        return self._rules.get(key, frozenset()) if running else frozenset()

    def remove(self, container: Container, mark: str) -> None:
        """Forget them, and who handled them."""
        if not self.deaf:
            self.handlings.pop(mark, None)
        key = self._key(container, mark)
        if not self.deaf:
            self._rules.pop(key, None)

    def handle(
        self,
        container: Container,
        rules: Collection[Rule],
        handling: Handling,
        time_to_live: float,
        mark: str,
    ) -> None:
        """Note who handles them, in ``handlings``, and the rules."""
        self.add(container, rules, mark)
        if not self.deaf:
            self.handlings[mark] = handling

    def handled(self, mark: str) -> bool:
        """Whether somebody was noted."""
        return mark in self.handlings

    def reset(self, container: Container, addresses: Collection[str], mark: str) -> int:
        """Those that ``open`` has; they are opened anew at once, as by a pool."""
        if shared := self._shared.get(container.id):
            raise EngineError(f"{container.name} shares its network with {shared}")
        if not self._host.state(container).running:
            raise EngineError(f"cannot join the network of {container.name}: it is not running")
        count = sum(self.open.get(address, 0) for address in addresses)
        if self.deaf and count:
            raise EngineError(f"{count} of {count} connections are still open")
        return count

    def _key(self, container: Container, mark: str) -> tuple[str, str, str]:
        return container.id, self._host.state(container).started_at, mark
