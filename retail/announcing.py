"""What `make run` says once the house answers."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from retail.starting import PROJECT

ANSWER_WITHIN = 60.0
LOGINS = "retail/management/commands/demo_logins.py"
CHOOSER = (("Choose a role", "/"),)
PAGES = (
    ("Webshop", "/shop/"),
    ("Till", "/pos/"),
    ("Store", "/pos/store/"),
    ("Warehouse", "/warehouse/"),
    ("Head office", "/office/"),
    ("API", "/api/v1/docs/"),
)


class Announcement(threading.Thread):
    """Says where to go, once the first page answers; `cancel` ends it at once."""

    def __init__(self, *, home: str, env: dict[str, str], began: float) -> None:
        super().__init__(daemon=True)
        self.home = home
        self.env = env
        self.began = began
        self.cancelled = threading.Event()
        self.asking: subprocess.Popen[str] | None = None

    def run(self) -> None:
        deadline = time.monotonic() + ANSWER_WITHIN
        while not answers(f"{self.home}/health/"):
            if self.cancelled.wait(0.2) or time.monotonic() > deadline:
                return
        took = time.monotonic() - self.began
        demo = self.env.get("DEMO") == "1"
        lines = [f"Ready after {took:.0f} s. Ctrl-C stops everything.", ""]
        for name, path in (*(CHOOSER if demo else ()), *PAGES):
            lines.append(f"  {name:<15} {self.home}{path}")
        level = fetched(f"{self.home}/api/v1/level/")
        if level:
            lines += ["", f"  {'Level':<15} {json.loads(level)['level']}"]
        if demo and (PROJECT / LOGINS).exists():
            lines += ["", self.told("demo_logins").rstrip()]
        if not self.cancelled.is_set():
            print("\n" + "\n".join(lines) + "\n", flush=True)

    def told(self, *arguments: str) -> str:
        """What a command of manage.py prints; empty when it cannot tell."""
        self.asking = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        said, _ = self.asking.communicate()
        return said if self.asking.returncode == 0 else ""

    def cancel(self) -> None:
        self.cancelled.set()
        if self.asking is not None and self.asking.poll() is None:
            self.asking.kill()


def answers(url: str) -> bool:
    """Whether anything, even an error page, comes back."""
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def fetched(url: str) -> bytes:
    """The answer's body; empty where there is none."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bytes(answer.read())
    except OSError:
        return b""
