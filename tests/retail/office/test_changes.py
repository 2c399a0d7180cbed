"""The log of changes: what the office shows of it, and what files and offers leave."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from retail.channels import head_office_atomic
from retail.exchange import importing
from retail.exchange.models import Kind
from retail.exchange.previewing import preview
from retail.staff.edits import By, Edit, Way, note
from retail.staff.models import Employee
from tests.levels import SIDES
from tests.retail.orders.house import House
from tests.signing_in import a_head, sign_in

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def head(db: None) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    sign_in(client, "office", a_head())
    return client


def brought_in(kind: Kind, *lines: str, by: str) -> None:
    file = io.BytesIO("\n".join(lines).encode())
    run = preview(file, kind=kind, channel="webshop", name="a.csv", by=by)
    importing.work(importing.confirm(run), seconds=60)


def test_files_leave_who_what_and_from_what(apart: House, head: Client) -> None:
    one, two, _three = apart.gtins
    sarah = Employee.objects.get(first_name="Claire")
    by = f"employee:{sarah.pk} Claire"
    brought_in(Kind.PRODUCTS, "gtin,title", f"{one},Un autre nom", by=by)
    brought_in(Kind.PRICES, "gtin,amount", f"{one},1.23", f"{two},4.56", by="cron")
    brought_in(Kind.PRICES, "gtin,amount", f"{one},1.23", by="cron")  # nothing new
    first, *prices = Edit.objects.order_by("at", "label")
    assert (first.by, first.employee_id, first.way) == ("Claire", sarah.pk, "import")
    assert first.before.keys() == first.after.keys() == {"title"}
    assert first.after["title"] == "Un autre nom"
    assert sorted(each.after["amount"] for each in prices) == ["1.23", "4.56"]


def test_the_page_sifts_and_goes_on_and_gives_a_file(
    head: Client, django_assert_num_queries: Any
) -> None:
    row = Employee.objects.get()
    by = By("=Sarah", Way.TABLES)  # a name that a table program would take for a sum
    for count in range(55):
        after = {"first_name": f"N{count}"}
        note(row, side="head_office", by=by, before={"first_name": "A"}, after=after)
    with django_assert_num_queries(5, using="default"):  # four say who asks
        page = head.get("/office/changes/?by=sarah&side=head_office").content.decode()
    assert "N54" in page
    assert "N4<" not in page
    more = page.partition('href="/office/changes/?')[2].rpartition('"')[0]
    assert "after=" in more
    on = more.partition('"')[0].replace("&amp;", "&")
    assert "N4<" in head.get(f"/office/changes/?{on}").content.decode()
    assert "N54" not in head.get("/office/changes/?by=paul").content.decode()
    assert "N54" in head.get("/office/changes/?since=never&after=x").content.decode()
    file = b"".join(head.get("/office/changes/changes.csv?way=tables")).decode()
    assert len(file.splitlines()) == 56
    assert "'=Sarah" in file


def test_a_line_is_neither_edited_nor_deleted(head: Client) -> None:
    row = Employee.objects.get()
    by = By("Sarah", Way.TABLES)
    note(row, side="head_office", by=by, before=None, after={"first_name": "A"})
    for statement in ("UPDATE staff_edit SET by = 'X'", "DELETE FROM staff_edit"):
        with (
            pytest.raises(Exception, match=r"permission denied|append only"),
            head_office_atomic(),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(statement)
    assert Edit.objects.get().by == "Sarah"
