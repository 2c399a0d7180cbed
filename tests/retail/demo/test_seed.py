"""`manage.py seed` where the dial shall stand elsewhere than before."""

import pytest
from django.core.management import call_command

from retail.channels import SIDES
from retail.channels.switching import fence
from retail.demo import seeding


@pytest.mark.django_db(databases=["default", *SIDES], transaction=True)
def test_the_side_that_is_seeded_is_open_and_no_other(
    monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    fence.settle(("webshop", "pos"))  # as migrating leaves them
    seen: list[dict[str, bool]] = []

    def seed() -> seeding.Seeded:
        seen.append({alias: bool(fence.open_tables(alias)) for alias in SIDES})
        return seeding.Seeded("omnichannel", 0, [], 0.0)

    monkeypatch.setattr(seeding, "seed", seed)
    call_command("seed", "--level", "omnichannel")
    assert seen == [{"webshop": False, "pos": False, "shared": True}]
