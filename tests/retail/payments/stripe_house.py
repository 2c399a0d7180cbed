"""What of Stripe's API we use, answered on this machine: sessions, intents, refunds, with
idempotency keys as Stripe keeps them. It knows no cards: a test says what was paid."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Stripe:
    """`calls` [(method, path, idempotency key)]; `down` answers 500."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.refunds: list[dict[str, Any]] = []
        self.kept: dict[str, Any] = {}
        self.calls: list[tuple[str, str, str]] = []
        self.asked: list[dict[str, str]] = []
        self.down = False
        self.base = ""

    def pay(self, session: dict[str, Any]) -> None:
        """The customer pays on Stripe's page."""
        session |= {"status": "complete", "url": None}
        session["payment_intent"] = {
            "id": session["id"].replace("cs_", "pi_"),
            "object": "payment_intent",
            "status": "requires_capture",
            "amount_received": 0,
            "latest_charge": {"object": "charge", "amount_refunded": 0},
        }

    def answer(
        self, method: str, path: str, given: dict[str, str], key: str
    ) -> tuple[int, Any]:
        self.calls.append((method, path, key))
        self.asked.append(given)
        if self.down:
            return 500, {"error": {"type": "api_error", "message": "down"}}
        if method == "POST" and key in self.kept:
            return 200, self.kept[key]
        status, told = self.done(method, path.removeprefix("/v1/").split("/"), given)
        if key and status == 200:
            self.kept[key] = told
        return status, told

    def done(
        self, method: str, path: list[str], given: dict[str, str]
    ) -> tuple[int, Any]:
        match [method, *path]:
            case ["POST", "checkout", "sessions"]:
                return 200, self.begun(given)
            case ["GET", "checkout", "sessions"]:
                return 200, a_list(list(self.sessions.values()))
            case ["GET", "refunds"]:
                return 200, a_list(self.refunds)
            case ["GET", "checkout", "sessions", id] if id in self.sessions:
                return 200, self.sessions[id]
            case ["POST", "checkout", "sessions", id, "expire"]:
                self.sessions[id] |= {"status": "expired", "url": None}
                return 200, self.sessions[id]
            case ["POST", "payment_intents", id, act]:
                return self.moved(self.intent(id), act, given)
            case ["POST", "refunds"]:
                intent = self.intent(given["payment_intent"])
                intent["latest_charge"]["amount_refunded"] += int(given["amount"])
                about = {"refund": given["metadata[refund]"]}
                self.refunds.append(
                    {"object": "refund", "id": "re_1", "metadata": about}
                )
                return 200, self.refunds[-1]
        return 404, {"error": {"type": "invalid_request_error", "message": "no such"}}

    def begun(self, given: dict[str, str]) -> dict[str, Any]:
        id = f"cs_test_{len(self.sessions)}"
        self.sessions[id] = {
            "id": id,
            "object": "checkout.session",
            "status": "open",
            "url": f"https://checkout.stripe.com/c/pay/{id}",
            "client_reference_id": given["client_reference_id"],
            "metadata": {"payment": given["metadata[payment]"]},
            "currency": given["line_items[0][price_data][currency]"],
            "amount_total": int(given["line_items[0][price_data][unit_amount]"]),
            "payment_intent": None,
            "created": 1_790_000_000,
        }
        return self.sessions[id]

    def intent(self, id: str) -> dict[str, Any]:
        session = self.sessions[id.replace("pi_", "cs_")]
        found: dict[str, Any] = session["payment_intent"]
        return found

    def moved(
        self, intent: dict[str, Any], act: str, given: dict[str, str]
    ) -> tuple[int, Any]:
        if intent["status"] != "requires_capture":
            return 400, {
                "error": {"type": "invalid_request_error", "message": intent["status"]}
            }
        if act == "cancel":
            intent["status"] = "canceled"
        else:
            taken = int(given["amount_to_capture"])
            intent |= {"status": "succeeded", "amount_received": taken}
        return 200, intent


def a_list(data: list[dict[str, Any]]) -> dict[str, Any]:
    return {"object": "list", "data": data, "has_more": False, "url": "/v1/x"}


@contextmanager
def open_stripe() -> Iterator[Stripe]:
    stripe = Stripe()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.heard("GET", "")

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            self.heard("POST", self.rfile.read(length).decode())

        def heard(self, method: str, text: str) -> None:
            url = urlsplit(self.path)
            given = {k: v[0] for k, v in parse_qs(text or url.query).items()}
            key = self.headers.get("Idempotency-Key", "") if method == "POST" else ""
            status, told = stripe.answer(method, url.path, given, key)
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    stripe.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield stripe
    finally:
        server.shutdown()
        server.server_close()
