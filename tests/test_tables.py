"""Which tables each database has: asked of PostgreSQL, because every alias records the
migrations of all apps."""

import pytest
from django.apps import apps
from django.db import connections

from retail.channels import BUSINESS, SIDES

HEAD_OFFICE = """
account_emailaddress account_emailconfirmation
auth_group auth_group_permissions auth_permission
bank_charge bank_event bank_repayment
channels_closedside channels_copiedpart channels_demoact channels_erasure
channels_featureflag channels_flagchange channels_levelstate channels_switchrun
channels_switchstep
django_admin_log django_content_type django_migrations django_session
exchange_line exchange_problem exchange_run
flags_flagstate
settlement_difference
webhooks_attempt webhooks_delivery webhooks_endpoint
staff_account staff_account_groups staff_account_user_permissions staff_apikey
staff_edit staff_employee staff_enrolmentcode staff_lookup staff_tilldevice
"""
SIDE = """
django_migrations
inventory_department inventory_listing inventory_location inventory_price
inventory_product inventory_reservation inventory_stockexception inventory_stocklevel
inventory_stockmovement inventory_taxcategory inventory_variant
"""


def tables(alias: str) -> set[str]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db(databases=["default", *SIDES])
def test_head_office_has_its_own_and_nothing_else() -> None:
    assert tables("default") == set(HEAD_OFFICE.split())


@pytest.mark.django_db(databases=["default", *SIDES])
@pytest.mark.parametrize("side", SIDES)
def test_every_side_has_the_same_business_tables(side: str) -> None:
    found = tables(side)
    assert found >= set(SIDE.split())
    assert found == {
        model._meta.db_table
        for label in BUSINESS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    } | {"django_migrations"}


@pytest.mark.django_db(databases=["default", *SIDES])
@pytest.mark.parametrize("alias", ["default", *SIDES])
def test_the_application_owns_nothing_and_cannot_edit_history(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] == "retail_app"
        cursor.execute(
            """
            SELECT relname FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
              AND relowner = 'retail_app'::regrole
            """
        )
        assert cursor.fetchall() == []
        cursor.execute(
            """
            SELECT c.relname FROM pg_class c
            JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = 'ab_append_only'
            WHERE has_table_privilege(c.oid, 'UPDATE')
               OR has_table_privilege(c.oid, 'DELETE')
               OR has_table_privilege(c.oid, 'TRUNCATE')
               OR NOT has_table_privilege(c.oid, 'INSERT')
               OR t.tgenabled <> 'A'
            """
        )
        assert cursor.fetchall() == []


@pytest.mark.django_db(databases=["default", *SIDES])
@pytest.mark.parametrize("side", SIDES)
def test_every_business_table_has_its_fence_disabled(side: str) -> None:
    with connections[side].cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, t.tgenabled FROM pg_class c
            LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = 'aa_fence'
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
              AND c.relname <> 'django_migrations'
              AND t.tgenabled IS DISTINCT FROM 'D'
            """
        )
        assert cursor.fetchall() == []
