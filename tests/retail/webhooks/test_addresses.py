"""Where the house may call, whatever it is told (A52)."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from retail.webhooks import posting
from retail.webhooks.addresses import BadAddress, addresses_of, is_outside, place_of
from retail.webhooks.posting import post
from tests.retail.webhooks.receiving import a_receiver

REFUSED = [
    ("file:///etc/passwd", "url"),
    ("gopher://example.com/", "https"),
    ("http://example.com/", "https"),
    ("http://localhost/", "https"),
    ("//example.com/", "https"),
    ("https://me:secret@example.com/", "credentials"),
    ("https://example.com@127.0.0.1/", "credentials"),
    ("https://example.com:22/", "port"),
    ("https://example.com:99999/", "url"),
    ("https://example.com/#there", "url"),
    ("https://example.com/\r\nHost: inside", "url"),
    ("https://example.com\\@inside/", "url"),
    ("https://exämple.com/", "url"),
    ("https://", "url"),
    ("https://localhost/", "host"),
    ("https://intranet/", "host"),
    ("https://db.internal/", "host"),
    ("https://example.com./", "host"),
    ("https://127.0.0.1/", "inside"),
    ("https://127.1/", "inside"),
    ("https://0x7f000001/", "inside"),
    ("https://2130706433/", "inside"),
    ("https://017700000001/", "inside"),
    ("https://0/", "inside"),
    ("https://10.0.0.8/", "inside"),
    ("https://169.254.169.254/latest/", "inside"),
    ("https://100.64.0.1/", "inside"),
    ("https://[::1]/", "inside"),
    ("https://[::ffff:127.0.0.1]/", "inside"),
    ("https://[64:ff9b::7f00:1]/", "inside"),
    ("https://[2002:7f00:1::]/", "inside"),
    ("https://[fd00:ec2::254]/", "inside"),
    ("https://[fe80::1%25eth0]/", "url"),
]
INSIDE = [
    *("0.0.0.0", "10.1.2.3", "100.100.100.200", "127.8.8.8", "169.254.169.254"),  # noqa: S104
    *("172.16.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1"),
    *("198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1", "100::1"),
    *("2001::1", "2001:db8::1", "2002:808:808::1", "3fff::1", "fc00::1", "fe80::1"),
    *("fec0::1", "ff02::1", "5f00::1", "fe80::1%1"),
]


@pytest.fixture(autouse=True)
def no_demonstration(settings: Any) -> None:
    settings.DEMO = False


@pytest.mark.parametrize(("url", "why"), REFUSED)
def test_what_leads_elsewhere_is_refused(url: str, why: str) -> None:
    with pytest.raises(BadAddress) as refused:
        place_of(url)
    assert refused.value.why == why


def test_what_may_be_called() -> None:
    for url, named, path in (
        ("https://example.com", "example.com", "/"),
        ("HTTPS://Example.COM:8443/a?b=c", "example.com:8443", "/a?b=c"),
        ("https://9.9.9.9/x", "9.9.9.9", "/x"),
        ("https://[2620:fe::fe]/", "[2620:fe::fe]", "/"),
    ):
        place = place_of(url)
        assert (place.named, place.path, place.tls) == (named, path, True)


def test_in_a_demonstration_this_machine_alone(settings: Any) -> None:
    settings.DEMO = True
    place = place_of("http://localhost:9000/x")
    assert addresses_of(place, lambda *_: ["127.0.0.1"]) == ["127.0.0.1"]
    with pytest.raises(BadAddress):
        addresses_of(place, lambda *_: ["10.0.0.1"])
    for url in ("http://example.com/", "http://10.0.0.1/", "https://127.0.0.1/"):
        with pytest.raises(BadAddress):
            place_of(url)


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_that_are_nobodys_on_the_public_net(address: str) -> None:
    assert not is_outside(address)
    place = place_of("https://example.com/")
    with pytest.raises(BadAddress):  # one among good ones refuses them all
        addresses_of(place, lambda *_: ["9.9.9.9", address])


def test_public_addresses() -> None:
    assert all(is_outside(each) for each in ("9.9.9.9", "1.1.1.1", "2620:fe::fe"))


def test_a_name_that_leads_elsewhere_the_second_time_is_asked_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = iter([["9.9.9.9"], ["127.0.0.1"]])
    connected: list[Any] = []

    def connect(address: Any, timeout: float) -> None:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(posting.socket, "create_connection", connect)
    place = place_of("https://example.com/")
    answer = post(place, b"{}", {}, resolve=lambda *_: next(said))
    assert (answer.status, connected) == (0, [("9.9.9.9", 443)])
    # and at the next call the new answer is checked anew
    answer = post(place, b"{}", {}, resolve=lambda *_: next(said))
    assert (answer.said, len(connected)) == ("refused: inside", 1)


def test_no_redirect_is_followed_and_no_proxy_asked(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = True
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    with a_receiver() as there, a_receiver() as inward:
        there.answers, there.location = [307], inward.url
        answer = post(place_of(there.url), b"{}", {"X-A": "b"})
        assert (answer.status, answer.taken) == (307, False)
        assert len(there.came) == 1
        assert inward.came == []


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", 200),
        (b"HTTP/1.0 500 No\r\nX: y\r\n\r\n" + b"x" * 100_000, 500),
        (b"SSH-2.0-OpenSSH\r\n\r\n", 0),
        (b"x" * 100_000, 0),
        (b"", 0),
    ],
)
def test_an_answer_is_bounded(said: bytes, status: int, settings: Any) -> None:
    settings.DEMO = True
    with speaking(said) as port:
        place = place_of(f"http://127.0.0.1:{port}/")
        assert post(place, b"{}", {}).status == status


def test_who_drips_is_left_in_time(settings: Any) -> None:
    settings.DEMO = True
    with speaking(b"HTTP/1.1 200 OK\r\nX: ", silent=True) as port:
        place = place_of(f"http://127.0.0.1:{port}/")
        assert post(place, b"{}", {}, seconds=0.1).said == "no answer in time"


def test_the_certificate_is_of_the_name_though_the_address_is_called(
    tmp_path: Path,
) -> None:
    pem = tmp_path / "pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "1"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=hooks.test.fr"),
            *("-addext", "subjectAltName=DNS:hooks.test.fr"),
            *("-keyout", str(pem), "-out", str(tmp_path / "crt")),
        ],
        check=True,
        capture_output=True,
    )
    speaks = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    speaks.load_cert_chain(tmp_path / "crt", pem)
    names: list[str] = []
    speaks.sni_callback = lambda _s, name, _c: names.append(name)
    trust = ssl.create_default_context(cafile=str(tmp_path / "crt"))
    with speaking(b"HTTP/1.1 204 No\r\n\r\n", tls=speaks, calls=3) as port:
        place = posting.Place("hooks.test.fr", port, "/", tls=True)
        there = ("127.0.0.1", b"", {})
        assert posting._asked(place, *there, trust, 5.0) == 204
        assert names == ["hooks.test.fr"]
        with pytest.raises(ssl.SSLCertVerificationError):
            posting._asked(place, *there, None, 5.0)
        other = posting.Place("other.test.fr", port, "/", tls=True)
        with pytest.raises(ssl.SSLCertVerificationError):
            posting._asked(other, *there, trust, 5.0)


class speaking:
    """Answers `said` to whoever connects to its port; `silent`: and stays."""

    def __init__(
        self,
        said: bytes,
        *,
        silent: bool = False,
        tls: ssl.SSLContext | None = None,
        calls: int = 1,
    ) -> None:
        self.said, self.silent, self.tls, self.calls = said, silent, tls, calls
        self.over = threading.Event()
        self.listens = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve)

    def __enter__(self) -> int:
        self.thread.start()
        port: int = self.listens.getsockname()[1]
        return port

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()
        self.listens.close()

    def _serve(self) -> None:
        for _ in range(self.calls):
            plain, _address = self.listens.accept()
            try:
                speaks = (
                    self.tls.wrap_socket(plain, server_side=True) if self.tls else plain
                )
                speaks.recv(65536)
                speaks.sendall(self.said)
                if self.silent:
                    self.over.wait(5)
                speaks.close()
            except OSError:
                plain.close()
