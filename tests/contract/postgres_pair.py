"""The reference stack's two databases by themselves, on a network that nobody else is on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from drills.stack.runtime import Container
from drills.wait import until
from tests.contract.faulted import Faulted

TAG = os.environ.get("DRILLS_IMAGE_TAG", "latest")
PRIMARY = f"incident-drills/postgres-primary:{TAG}"
STANDBY = f"incident-drills/postgres-replica:{TAG}"
ERP = "sme_erp"
SETTINGS = (
    "SELECT name, setting, source FROM pg_settings WHERE source NOT IN ('client', 'session') "
    "UNION ALL SELECT sourcefile, name || ' = ' || setting, '' FROM pg_file_settings "
    "UNION ALL SELECT rolname, rolcanlogin || ' ' || rolconnlimit, rolpassword FROM pg_authid "
    "UNION ALL SELECT slot_name, slot_type, '' FROM pg_replication_slots ORDER BY 1, 2, 3"
)


def asking(who: str, statements: Sequence[str]) -> list[str]:
    """As a person would, with no code of the product."""
    said = [word for one in statements for word in ("-c", one)]
    return ["psql", "-XAtqw", "-v", "ON_ERROR_STOP=1", "-U", who, "-d", ERP, *said]


class PostgresPair(Faulted):
    """A primary and a standby that streams from it; ``postgres`` is the primary's name."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, "postgres", "standby")
        network = self.network()
        self.primary = self.add("postgres", (), image=PRIMARY, network=network)
        self.kept = self.volume("standby", {})
        binds = [f"{self.kept}:/var/lib/postgresql"]
        self.standby = self.add("standby", (), image=STANDBY, network=network, binds=binds)
        until(self.streams, awaited="the standby streams", within=30)

    def say(self, *statements: str, of: Container | None = None, who: str = "postgres") -> str:
        """What the database answers, or says where it does not."""
        return self.run(of or self.primary, *asking(who, statements))

    def begin(self, *statements: str, who: str = "erp") -> None:
        """Say something that may take long."""
        self.runtime.spawn(self.primary, asking(who, statements), {"PGAPPNAME": "customer"})

    def customers(self, state: str) -> int:
        """How many sessions that ``begin`` began wait for something of that kind."""
        waiting = self.say(
            "SELECT wait_event_type FROM pg_stat_activity WHERE application_name = 'customer'"
        )
        return waiting.split().count(state)

    def streams(self) -> bool:
        """Whether the standby receives what the primary writes."""
        told = "SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'"
        return self.say(told, of=self.standby) == "1"

    def login(self, who: str = "erp") -> str:
        """What a customer is told who comes by the network: "1" where he is let in."""
        where = f"postgresql://{who}:drill-only-{who}@127.0.0.1/{ERP}?connect_timeout=5"
        return self.run(self.primary, "psql", "-XAtqw", where, "-c", "SELECT 1")

    def picture(self) -> list[str]:
        """What faults may change in both: settings, their files, roles, slots, who talks to them.

        A customer's session that ended with a fault may take a moment to be gone.
        """
        both = (self.primary, self.standby)
        until(lambda: all(self._talks(one) == "" for one in both), awaited="no psql", within=5)
        return [self.say(SETTINGS, of=one) for one in both]

    def _talks(self, container: Container) -> str:
        return self.run(container, "sh", "-c", "grep -lx psql /proc/[0-9]*/comm 2>/dev/null")
