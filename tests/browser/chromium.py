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

KEYS = {  # that are pressed, by the number that a browser knows them by
    "Enter": 13,
    "Tab": 9,
    "Escape": 27,
    "ArrowLeft": 37,
    "ArrowRight": 39,
    "+": 187,
    "-": 189,
}
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
        scripts: bool = True,
        fragment: str = "",
    ) -> None:
        """Open a file in a window of that many pixels; ``font`` is the reader's own, in pixels.

        Without ``scripts`` the page's own do not run; what is asked of it does.
        """
        address = page.resolve().as_uri() + fragment
        self._open(address, width, scheme, media, font=font, reduced=reduced, scripts=scripts)

    def _open(
        self,
        address: str,
        width: int,
        scheme: Scheme,
        media: str,
        *,
        font: int = 16,
        reduced: bool = False,
        scripts: bool = True,
    ) -> None:
        self.complaints.clear()
        self._origin = "/".join(address.split("/")[:3]) + "/" if "file:" not in address else "file:"
        self._call("Page.navigate", url="about:blank")  # else a fragment is followed, not opened
        self._await(lambda message: message.get("method") == "Page.loadEventFired")
        self._call("Emulation.setScriptExecutionDisabled", value=not scripts)
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
        """The value of an expression on the page, once it is there where it is promised."""
        answer = self._call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise AssertionError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """Press a key and let it go: one of ``KEYS``."""
        code = KEYS[key]
        text = "\r" if key == "Enter" else key if len(key) == 1 else ""
        for kind in ("keyDown", "keyUp"):
            self._call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=code,
                **({"text": text} if text and kind == "keyDown" else {}),
            )

    def drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """Press the mouse at one place of the window, move it to the other, and let it go."""
        middle = ((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2)
        for kind, (x, y) in (
            ("mouseMoved", begin),
            ("mousePressed", begin),
            ("mouseMoved", middle),
            ("mouseMoved", end),
            ("mouseReleased", end),
        ):
            held = 1 if kind != "mouseMoved" or (x, y) != begin else 0
            self._mouse(kind, x, y, held, 1)

    def double_click(self, x: float, y: float) -> None:
        """Twice, at that place of the window."""
        for count in (1, 2):
            self._mouse("mousePressed", x, y, 1, count)
            self._mouse("mouseReleased", x, y, 1, count)

    def swipe(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """A finger goes down at one place of the window, along to the other, and up."""
        self._call("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=1)
        steps = [
            tuple(a + (b - a) * n / 8 for a, b in zip(begin, end, strict=True)) for n in range(9)
        ]
        for number, (x, y) in enumerate(steps):
            kind = "touchMove" if number else "touchStart"
            self._call("Input.dispatchTouchEvent", type=kind, touchPoints=[{"x": x, "y": y}])
        self._call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        self._call("Emulation.setTouchEmulationEnabled", enabled=False)

    def _mouse(self, kind: str, x: float, y: float, held: int, count: int) -> None:
        self._call(
            "Input.dispatchMouseEvent",
            type=kind,
            x=x,
            y=y,
            button="left" if held else "none",
            buttons=held,
            clickCount=count,
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
