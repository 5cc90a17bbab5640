"""Chromium without a window, spoken to over its debugging pipe; the standard library suffices."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

PATIENCE = 60.0  # seconds for any one answer
Scheme = Literal["light", "dark"]


class Chromium:
    """One browser with one page. ``complaints`` gathers what the page's console and policy say."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._origin = "file:"  # whence a page may load without a complaint
        self._number = 0
        self._buffer = b""
        self._session = ""

    def __enter__(self) -> Self:
        program = shutil.which("chromium")
        if program is None:
            raise RuntimeError("expected chromium on PATH; `make browser` installs it on Debian")
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_read, self._writer = os.pipe()
        self._reader, to_write = os.pipe()
        ends = [fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in (to_read, to_write)]
        options = [
            "--headless",
            "--no-sandbox",  # a container's root has no user namespace to put the page in
            "--disable-gpu",
            "--hide-scrollbars",
            "--force-color-profile=srgb",
            "--remote-debugging-pipe",
            f"--user-data-dir={self._profile.name}",
        ]
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{ends[0]} 4>&{ends[1]}', "bash", program, *options],
            pass_fds=ends,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for fd in (to_read, to_write, *ends):
            os.close(fd)
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        session = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = session["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        os.close(self._writer)
        os.close(self._reader)
        self._profile.cleanup()

    def visit(self, address: str, width: int = 1280) -> None:
        """Open a page that is served; it may ask where it came from, and nobody else."""
        self._open(address, width, "light", "")

    def show(
        self,
        page: Path,
        width: int,
        scheme: Scheme = "light",
        media: str = "",
        *,
        font: int = 16,
        reduced: bool = False,
    ) -> None:
        """Open a file in a window of that many pixels; ``font`` is the reader's own, in pixels."""
        self._open(page.resolve().as_uri(), width, scheme, media, font=font, reduced=reduced)

    def _open(
        self,
        address: str,
        width: int,
        scheme: Scheme,
        media: str,
        *,
        font: int = 16,
        reduced: bool = False,
    ) -> None:
        self.complaints.clear()
        self._origin = "/".join(address.split("/")[:3]) + "/" if "file:" not in address else "file:"
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=width < 500,
        )
        motion = "reduce" if reduced else "no-preference"
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion},
        ]
        self._call("Emulation.setEmulatedMedia", media=media, features=features)
        self._call("Page.setFontSizes", fontSizes={"standard": font})
        self._call("Page.navigate", url=address)
        self._await(lambda message: message.get("method") == "Page.loadEventFired")

    def ask(self, expression: str) -> Any:
        """The value of an expression on the page."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """Press a key and let it go; Enter and Tab are known."""
        code = {"Enter": 13, "Tab": 9}[key]
        text = "\r" if key == "Enter" else ""
        for kind in ("keyDown", "keyUp"):
            self._call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=code,
                **({"text": text} if text and kind == "keyDown" else {}),
            )

    def picture(self, until: str = "body") -> bytes:
        """The page as PNG, from its top to the end of the element that the selector names."""
        end = f"document.querySelector({json.dumps(until)}).getBoundingClientRect().bottom"
        size = self.ask(f"[document.documentElement.scrollWidth, Math.ceil({end} + scrollY)]")
        clip = {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}
        shot = self._call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        return base64.b64decode(shot["data"])

    def pdf(self) -> bytes:
        """The page as it prints on A4."""
        printed = self._call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        return base64.b64decode(printed["data"])

    def _call(self, method: str, **params: object) -> dict[str, Any]:
        self._number += 1
        number = self._number
        message: dict[str, object] = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._writer, json.dumps(message).encode() + b"\0")
        answer = self._await(lambda message: message.get("id") == number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    def _await(self, wanted: Any) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            while b"\0" in self._buffer:
                raw, self._buffer = self._buffer.split(b"\0", 1)
                message: dict[str, Any] = json.loads(raw)
                self._note(message)
                if wanted(message):
                    return message
            ready, _, _ = select.select([self._reader], [], [], 1.0)
            if ready:
                chunk = os.read(self._reader, 1 << 20)
                if not chunk:
                    raise RuntimeError("chromium closed its debugging pipe")
                self._buffer += chunk
        raise RuntimeError(f"chromium did not answer within {PATIENCE:.0f} s")

    def _note(self, message: dict[str, Any]) -> None:
        """Keep what the console, the policy or the network complains about."""
        method, params = message.get("method", ""), message.get("params", {})
        if method == "Log.entryAdded":
            self.complaints.append(params["entry"]["text"])
        elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            self.complaints.append(json.dumps(params)[:500])
        elif method == "Network.requestWillBeSent":
            url = params["request"]["url"]
            if not url.startswith((self._origin, "data:")):
                self.complaints.append(f"asked the network for {url}")
