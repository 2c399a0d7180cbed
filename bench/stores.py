"""Five hundred stores, for the length of one measurement.

The rows are made up, marked so (codes G0001…, names "Generated …", city "Generated"),
the same in every run, only in the bench's own database, and taken away afterwards.
They have levels without movements, so the books would complain about them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bench.house import House

ID = "md5('bench {0} ' || n)::uuid"
STORES = f"""
INSERT INTO inventory_location (id, origin, code, name, kind, channel, address, postcode,
    city, country, lat, lon, phone, hours, timezone, lead_minutes, safety)
SELECT {ID.format("store")}, s.origin, 'G' || lpad(n::text, 4, '0'), 'Generated ' || n,
    s.kind, s.channel, 'Generated', '00000', 'Generated', 'FR',
    43 + (n %% 70) / 10.0, -1 + (n %% 80) / 10.0, '', s.hours, s.timezone,
    s.lead_minutes, s.safety
FROM generate_series(1, %(missing)s) AS n,
    (SELECT * FROM inventory_location WHERE kind = 'store' ORDER BY code LIMIT 1) AS s
"""  # noqa: S608
LEVELS = """
INSERT INTO inventory_stocklevel (id, origin, variant_id, location_id, on_hand, reserved,
    safety, oversold, sequence)
SELECT md5('bench level ' || l.code || v.gtin)::uuid, l.channel, v.id, l.id,
    (hashtext(l.code || v.gtin) & 31), 0, 0, 0, 0
FROM inventory_location l, inventory_variant v
WHERE l.city = 'Generated' AND v.gtin = ANY(%(gtins)s)
"""
GONE = """
DELETE FROM inventory_stocklevel
WHERE location_id IN (SELECT id FROM inventory_location WHERE city = 'Generated');
DELETE FROM inventory_location WHERE city = 'Generated'
"""


@contextmanager
def generated(house: House, *, stores: int, gtins: list[str]) -> Iterator[int]:
    """As many stores as said, all with stock of these goods. Answers how many there
    are."""
    with house.admin(house.database) as admin:
        admin.execute(GONE)
        asked = admin.execute(
            "SELECT count(*) FROM inventory_location WHERE kind = 'store'"
        ).fetchone()
        assert asked is not None
        admin.execute(STORES, {"missing": stores - asked[0]})
        admin.execute(LEVELS, {"gtins": gtins})
        admin.execute("ANALYZE inventory_location, inventory_stocklevel")
        try:
            yield stores
        finally:
            admin.execute(GONE)
