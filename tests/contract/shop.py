"""A real service with customers, for the contracts of what makes one slow, deaf or dead."""

from __future__ import annotations

import http.client
from typing import Any

from drills.stack.runtime import Container
from drills.wait import until
from tests.contract.faulted import PYTHON, Faulted

# For each answer it computes some hundredth of a second, and opens a file.
SERVER = """
import http.server, pathlib, time
class Answering(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        until = time.thread_time() + 0.02
        while time.thread_time() < until:
            pass
        said = pathlib.Path("/etc/hostname").read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)
http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Answering).serve_forever()
"""
ANSWERS, SILENT, REFUSED = "answers", "silent", "refused"
LIMITS = ("CpuQuota", "CpuPeriod", "NanoCpus", "PidsLimit", "Memory", "RestartPolicy")
PORT = 8000


class Shop(Faulted):
    """Services hardened as the reference's are, each in one container, reached from this host."""

    def open(self, service: str = "app", *, port: int = PORT, **more: Any) -> Container:
        """One more; returns once it answers at that port of its own."""
        hardened: dict[str, Any] = {
            "command": ["python3", "-c", SERVER],
            "image": PYTHON,
            "network": "bridge",
            "read_only": True,
            "cap_drop": ["ALL"],
            "security_opt": ["no-new-privileges:true"],
        }
        app = self.add(service, **{**hardened, **more}, port_bindings={port: ("127.0.0.1",)})
        self.awaited(app, ANSWERS)
        return app

    def ask(self, app: Container, timeout: float = 0.5) -> str:
        """How a customer of it fares now."""
        return self.asked(app, timeout)[0]

    def asked(self, app: Container, timeout: float = 0.5) -> tuple[str, bytes]:
        """The same, and what is said to that customer."""
        ports = self.client.inspect_container(app.id)["NetworkSettings"]["Ports"] or {}
        bound = [each for each in ports.values() if each]
        if not bound:
            return REFUSED, b""
        customer = http.client.HTTPConnection("127.0.0.1", bound[0][0]["HostPort"], timeout=timeout)
        try:
            customer.request("GET", "/")
            answer = customer.getresponse()
            said = answer.read()
        except TimeoutError:
            return SILENT, b""
        except (OSError, http.client.HTTPException):
            return REFUSED, b""
        else:
            return ANSWERS if answer.status == 200 else f"{answer.status}", said
        finally:
            customer.close()

    def awaited(self, app: Container, how: str) -> None:
        """Return once a customer fares so."""
        until(
            lambda: self.ask(app) == how,
            awaited=f"{app.name} {how}",
            within=20,
            last_seen=lambda: self.ask(app),
        )

    def picture(self, app: Container) -> dict[str, object]:
        """What the engine allows it and who runs in it, as before a fault and after its undo.

        Health checks come and go, and are left out.
        """
        found = self.client.inspect_container(app.id)
        limits = {key: found["HostConfig"][key] for key in LIMITS}
        limits = {key: None if value in (0, -1) else value for key, value in limits.items()}
        if not found["State"]["Running"]:
            return limits
        rows = self.client.top(app.id, "-eo pid,args")["Processes"]
        running = [args for _, args in rows if "http-ok" not in args and "runc" not in args]
        return {**limits, "processes": sorted(running)}
