"""What is packed on its way, and what is not."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from retail.middleware import Packing
from retail.packing import Packed
from tests.levels import SIDES
from tests.retail.orders.house import open_house
from tests.signing_in import a_head, sign_in

pytestmark = pytest.mark.django_db(databases=SIDES)
ACCEPTS = {"HTTP_ACCEPT_ENCODING": "gzip"}


def test_a_shelf_is_packed_and_pages_of_staff_are_not(client: Client) -> None:
    open_house("multichannel")
    shelf = client.get("/shop/", **ACCEPTS)
    assert shelf["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(shelf.content)
    assert "Content-Encoding" not in client.get("/shop/")
    sign_in(client, "office", a_head())
    schema = client.get("/api/v1/schema/", **ACCEPTS)
    assert schema["Content-Encoding"] == "gzip"
    office = client.get("/office/service/", **ACCEPTS)
    assert "no-store" in office["Cache-Control"]
    assert "Content-Encoding" not in office


def test_what_is_streamed_and_what_has_a_tag() -> None:
    request = RequestFactory().get("/", **ACCEPTS)

    def through(answer: Any) -> Any:
        return Packing(lambda _request: answer)(request)

    rows = [b"a;b\r\n", b"1;2\r\n" * 100]
    streamed = through(StreamingHttpResponse(iter(rows), content_type="text/csv"))
    assert gzip.decompress(b"".join(streamed)) == b"".join(rows)
    tagged = through(HttpResponse(b"x" * 500, headers={"ETag": 'W/"one"'}))
    assert (tagged["Content-Encoding"], tagged["ETag"]) == ("gzip", 'W/"one"')


def test_files_are_packed_when_they_are_gathered(tmp_path: Path) -> None:
    written = b"a { color: red }\n" * 50
    (tmp_path / "one.css").write_bytes(written)
    storage = Packed(location=str(tmp_path), base_url="/static/")
    list(storage.post_process({"one.css": (storage, "one.css")}))
    assert gzip.decompress((tmp_path / "one.css.gz").read_bytes()) == written
    assert not (tmp_path / "one.css.br").exists()
