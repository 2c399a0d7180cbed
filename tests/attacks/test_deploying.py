"""A house as production runs it: what Django's own check says, and what a browser is told.

In a process of its own, because the settings read the environment once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.servers import PROJECT

LOOKS = """
import django, json
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
call_command("check", deploy=True, fail_level="WARNING")
asked = {"HTTP_HOST": "shop.example.com"}
by_proxy = {**asked, "HTTP_X_FORWARDED_PROTO": "https"}
plain = Client().get("/static/house.css", **asked)
safe = Client().get("/health/", **by_proxy)
print(json.dumps({
    "plain": [plain.status_code, plain.headers["Location"]],
    "forged": Client().get("/health/", HTTP_HOST="evil.test").status_code,
    "status": safe.status_code,
    "headers": dict(safe.headers),
    "cookies": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,
                settings.LANGUAGE_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY],
    "debug": settings.DEBUG,
}))
"""
PRODUCTION = {
    "ALLOWED_HOSTS": "shop.example.com",
    "BEHIND_PROXY": "1",
    "SECRET_KEY": "kept by the retailer: 50 signs or more, and none of them here",
    "DJANGO_SETTINGS_MODULE": "retail.settings",
    "RETAIL_NO_DATABASE": "1",
    "STRIPE_SECRET_KEY": "sk_test_of_nobody",
    "STRIPE_WEBHOOK_SECRET": "whsec_of_nobody",
}


def test_production_is_closed_where_it_can_be(tmp_path: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    told = subprocess.run(
        [sys.executable, "-c", LOOKS],
        cwd=PROJECT,
        env={**kept, **PRODUCTION, "RETAIL_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert "no issues" in told.stdout
    found = json.loads(told.stdout.splitlines()[-1])
    assert found["plain"] == [301, "https://shop.example.com/static/house.css"]
    assert (found["forged"], found["status"], found["debug"]) == (400, 200, False)
    assert found["cookies"] == [True] * 4
    headers = found["headers"]
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
