"""The names under which observers write, for whoever reads a journal."""

from __future__ import annotations

REPLICATION = "replication"  # the series of the replicas; older journals know it by its name alone
SERVICE_LOOKS = 4.0  # at every service, a second
SERVICES = "service-states"  # the series of what the engine says of every service
ADDRESSES = "addresses"  # tells of a service that is published anew
LEDGER = "ledger"  # tells how many acknowledged writes are gone or altered
PAGER = "alertmanager"  # tells of an alert, as Alertmanager notified it
HEALTH = "health"  # tells what the system's own health endpoint says
LOG = "log"  # tells of a line in a service's log
ENGINE = "engine"  # tells of a container that died, starved or was restarted
CONTAINER = "container"  # tells of a container's own health check
NO_OUTCOME = "no outcome recorded"  # the detail of a write that may have been sent
# When evidence was kept, in order; "end" is that of a drill that did not get as far as an undo.
STEADY, DETECTION, AFTER, END = "steady state", "detection", "after the undo", "end"
MOMENTS = (STEADY, DETECTION, AFTER, END)
STALLS = "stalls"  # the file of the hiccup meter, which no lane may be called
