"""A house with years of customers, made up: rows by the million, the same in every run.

Every customer is marked as generated (last name "… Generated 000123", an address at
example.invalid, a telephone number under +999, which no country has). The rows are
written by SQL on the server, past triggers and foreign keys, and `books check` holds on
them: balances are the sums of their entries, levels of their movements, tickets are
chained. Ids are of version 7 in their shape and made of nothing but numbers.

Of N customers half are the webshop's, half the stores'. A fifth of the stores' are also
the webshop's: every other one by a verified e-mail, the rest by telephone and name.
Each has a loyalty account with six entries, and for each four stock movements are made;
a tenth ordered once on the web, or bought once in a store.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connections
from django.utils import timezone

from inventory.places import Channel
from retail import channels
from retail.channels.switching import copying
from retail.demo import catalogue

ENTRIES = 6  # of each account: five earned, one spent
MOVEMENTS = 4  # for each customer
PRIME = (
    1_299_827  # steps through accounts and shelves: neighbours in time are strangers
)
BASE = 1_735_689_600_000  # 2025-01-01 in ms: ids and times go on from there
# Kinds of ids; papers, last, have several.
KINDS = ("customer_", "account_", "entry_", "level_", "movement_", "paper_")


@dataclass(frozen=True)
class Made:
    """Rows by kind; `papers` are orders and tickets."""

    customers: int
    both: int
    ledger: int
    papers: int


def generate(customers: int) -> Made:
    """Fill the empty databases `webshop` and `pos`, both at once."""
    for channel in Channel:
        with channels.use_channel(channel), channels.atomic():
            catalogue.write_master()
            catalogue.write_listings(channel, since=timezone.now())
            if channel == Channel.POS:
                catalogue.write_tills()
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda side: fill(side, customers // 2), Channel))
    return Made(
        customers=sum(each.customers for each in made),
        both=made[0].both,
        ledger=sum(each.ledger for each in made),
        papers=sum(each.papers for each in made),
    )


def fill(channel: Channel, customers: int) -> Made:
    """One side, in one transaction."""
    side, papers = channel.value, customers // 10
    indexes = copying.secondary_indexes(side)
    copying.drop_indexes(side, list(indexes))
    with copying.copier(side) as on:
        values: dict[str, Any] = {each: n for n, each in enumerate(KINDS, 1)}
        values |= {"side": side, "customers": customers, "papers": papers}
        values |= {"both": customers // 5, "prime": PRIME, "base": BASE}
        values |= {"entries": customers * ENTRIES, "places": 0, "each": 0}
        run(on, FUNCTIONS, values)
        found = on.execute("SELECT count(*) FROM pg_temp.place").fetchone()
        values["places"] = found[0] if found else 0
        values["each"] = 1 + customers * MOVEMENTS // values["places"]
        run(on, PEOPLE + STOCK, values)
        run(on, ORDERS if channel == Channel.WEBSHOP else TICKETS, values)
    connections[side].close()
    copying.build_indexes(side, indexes)
    ledger = values["entries"] + values["each"] * values["places"]
    return Made(customers, values["both"], ledger, papers)


def run(on: psycopg.Connection, statements: str, values: dict[str, Any]) -> None:
    on.execute(statements.format(**values).encode())  # our own words and numbers


# `place` numbers what lies where; a person is known by one number on both sides.
FUNCTIONS = """
CREATE FUNCTION pg_temp.uid(kind int, ms bigint, low bigint) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(ms), 12, '0') || '7'
          || lpad(to_hex(kind * 2 + ('{side}' = 'pos')::int), 3, '0')
          || '8' || lpad(to_hex(low), 15, '0'))::uuid $$;
CREATE FUNCTION pg_temp.at(ms bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
  SELECT to_timestamp(ms / 1000.0) $$;
CREATE FUNCTION pg_temp.draw(n bigint, what int, highest int) RETURNS int
LANGUAGE sql IMMUTABLE AS $$
  SELECT ((hashint8extended(n, what) & 2147483647) % highest)::int $$;
CREATE FUNCTION pg_temp.word(n int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT s[1 + n % 20] || s[1 + n / 20 % 20] || s[1 + n / 400 % 20]
  FROM (SELECT '{{ba,be,bi,bo,da,de,di,do,la,le,li,lo,ma,me,mi,mo,ra,re,ri,ro}}'::text[]
        AS s) syllables $$;
CREATE TEMP TABLE place ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY l.code, v.gtin) - 1 AS n, v.id AS variant_id, v.gtin,
       l.id AS location_id, l.safety
FROM inventory_location l, inventory_variant v WHERE l.channel = '{side}';
CREATE UNIQUE INDEX ON place (n);
ANALYZE place;
"""

PEOPLE = """
INSERT INTO retail_customer (id, origin, first_name, last_name, email,
    email_verified_at, phone, card, birth_date, postcode, language, registered_at,
    registered_by)
SELECT pg_temp.uid({customer_}, at, n), '{side}',
    initcap(pg_temp.word(pg_temp.draw(person, 1, 400))),
    initcap(pg_temp.word(pg_temp.draw(person, 2, 8000))) || ' Generated '
        || lpad(person::text, 6, '0'),
    CASE WHEN has_email THEN 'generated.' || person || '@example.invalid' ELSE '' END,
    CASE WHEN has_email THEN pg_temp.at(at) END,
    CASE WHEN has_phone THEN '+999' || lpad(person::text, 9, '0') ELSE '' END,
    upper(left(replace('{side}', 'pos', 'm'), 1)) || '-G' || lpad(n::text, 8, '0'),
    CASE WHEN person % 5 < 3
         THEN date '1940-01-01' + pg_temp.draw(person, 3, 25000) END,
    lpad(pg_temp.draw(person, 4, 6000)::text, 5, '0'), 'fr', pg_temp.at(at),
    CASE WHEN '{side}' = 'pos' THEN 'generated' ELSE '' END
FROM (
    SELECT n, {base} + n AS at,
           CASE WHEN '{side}' = 'pos' AND n > {both} THEN {customers} + n ELSE n END
               AS person,
           '{side}' = 'webshop' OR n % 2 = 0 AS has_email,
           '{side}' = 'pos' OR n % 2 = 1 AS has_phone
    FROM generate_series(1, {customers}) AS n) people;

INSERT INTO retail_loyaltyaccount (id, origin, customer_id, balance, points_owed)
SELECT pg_temp.uid({account_}, {base} + n, n), '{side}',
    pg_temp.uid({customer_}, {base} + n, n),
    (SELECT sum(20 + (n * 7 + k * 13) % 80) - 30 FROM generate_series(0, 4) AS k), 0
FROM generate_series(1, {customers}) AS n;

INSERT INTO retail_loyaltyentry (id, origin, account_id, points, kind, reference, label,
    redemption_id, at)
SELECT pg_temp.uid({entry_}, at, j), '{side}',
    pg_temp.uid({account_}, {base} + n, n),
    CASE WHEN k < 5 THEN 20 + (n * 7 + k * 13) % 80 ELSE -30 END,
    CASE WHEN k < 5 THEN 'earn' ELSE 'redeem' END,
    pg_temp.uid({paper_} + 1, at, j)::text, 'Generated',
    CASE WHEN k = 5 THEN pg_temp.uid({paper_} + 1, at, j) END, pg_temp.at(at)
FROM (
    SELECT j, 1 + j * {prime} % {customers} AS n, (j - 1) / {customers} AS k,
           {base} + j * 3 AS at
    FROM generate_series(1::bigint, {entries}) AS j) entries;
"""

STOCK = """
INSERT INTO inventory_stocklevel (id, origin, variant_id, location_id, on_hand,
    reserved, safety, oversold, sequence)
SELECT pg_temp.uid({level_}, {base} + n, n), '{side}', variant_id, location_id, 100001,
    0, safety, 0, {each}
FROM pg_temp.place;

INSERT INTO inventory_stockmovement (id, origin, variant_id, location_id, quantity, kind,
    reference, sequence, by, at)
SELECT pg_temp.uid({movement_}, at, j), '{side}', variant_id, location_id,
    CASE sequence WHEN 1 THEN 100000 + {each} ELSE -1 END,
    CASE sequence WHEN 1 THEN 'delivery' ELSE 'sale' END,
    pg_temp.uid({paper_} + 2, at, j)::text, sequence, 'generated', pg_temp.at(at)
FROM (
    SELECT j, j * {prime} % {places} AS n, 1 + (j - 1) / {places} AS sequence,
           {base} + j * 3 AS at
    FROM generate_series(1::bigint, {each} * {places}) AS j) movements
JOIN pg_temp.place USING (n);
"""

# Ordered, paid, delivered: two units for 25.00.
ORDERS = """
CREATE TEMP TABLE paper ON COMMIT DROP AS
SELECT i, pg_temp.uid({paper_}, {base} + i, i) AS id,
    pg_temp.uid({paper_} + 3, {base} + i, i) AS part, pg_temp.at({base} + i) AS at,
    pg_temp.uid({customer_}, {base} + i, i) AS customer, place.*
FROM generate_series(1, {papers}) AS i JOIN place ON place.n = i % {places};

INSERT INTO retail_order (id, origin, number, customer_id, maker, body_hash, email,
    first_name, last_name, phone, language, status, requested, currency, goods, discount,
    shipping, tax, total, points_redeemed, points_value, placed_at, finished_at)
SELECT paper.id, '{side}', 'W-' || lpad(i::text, 6, '0'), c.id, 'customer:' || c.id,
    encode(sha256(paper.id::text::bytea), 'hex'), c.email, c.first_name, c.last_name,
    c.phone, 'fr', 'completed', '', 'EUR', 25, 0, 0, 1.30, 25, 0, 0, at, at
FROM paper JOIN retail_customer c ON c.id = paper.customer;
INSERT INTO retail_orderline (id, origin, order_id, position, variant_id, gtin, title,
    quantity, dropped, unit_price, tax_rate, discount, offers, total)
SELECT part, '{side}', id, 1, variant_id, gtin, 'Generated', 2, 0, 12.50, 0.0550, 0, '[]',
    25
FROM paper;
INSERT INTO retail_orderevent (id, origin, order_id, kind, before, after, at, by, data)
SELECT pg_temp.uid({paper_} + 4 + step, {base} + i, i), '{side}', paper.id,
    'generated', (ARRAY['', 'placed'])[step], (ARRAY['placed', 'completed'])[step],
    at, 'generated', '{{}}'
FROM paper, generate_series(1, 2) AS step;
INSERT INTO retail_payment (id, origin, order_id, method, provider, provider_reference,
    status, amount, currency, captured, refunded, made_at, captured_at)
SELECT part, '{side}', id, 'online', 'generated', '', 'captured', 25, 'EUR', 25, 0, at, at
FROM paper;
INSERT INTO retail_fulfilment (id, origin, order_id, method, location_id, status, reason,
    requested, job_version, code_version, collector, collector_version, address, due,
    currency, tracking, offers, changed_at)
SELECT part, '{side}', id, 'ship', location_id, 'delivered', '', '', 0, 1, '', 0, '{{}}',
    0, 'EUR', '', '[]', at
FROM paper;
INSERT INTO retail_fulfilmentline (id, origin, fulfilment_id, order_line_id, variant_id,
    quantity, dropped, fulfilled, returned)
SELECT part, '{side}', part, part, variant_id, 2, 0, 2, 0 FROM paper;
SELECT setval('retail_order_number_seq', 1 + {papers});
"""

# Till by till, each ticket chained to the one before it.
TICKETS = """
DO $$
DECLARE
  till record; ticket record; made uuid; shift uuid; tip text; said text; n int;
BEGIN
  FOR till IN SELECT id, last_hash, location_id, row_number() OVER (ORDER BY id) AS place,
                     count(*) OVER () AS tills FROM pos_till LOOP
    shift := pg_temp.uid({paper_} + 3, {base}, till.place);
    tip := till.last_hash;
    n := 0;
    INSERT INTO pos_shift (id, origin, till_id, employee_id, employee_name, opened_at,
        closed_at, opening_cash)
    VALUES (shift, '{side}', till.id, shift, 'Generated', pg_temp.at({base}),
        pg_temp.at({base}), 0);
    FOR ticket IN
      SELECT i, pg_temp.at({base} + i) AS at, c.id AS customer, variant_id, gtin
      FROM generate_series(till.place, {papers}, till.tills) AS i
      JOIN retail_customer c ON c.id = pg_temp.uid({customer_}, {base} + i, i)
      JOIN place ON place.n = i % {places} ORDER BY i LOOP
      made := pg_temp.uid({paper_}, {base} + ticket.i, ticket.i);
      n := n + 1;
      said := concat_ws(chr(10), 'retail-ticket/1', 'id=' || made, 'till=' || till.id,
        'number=' || n, 'kind=sale',
        'sold_at=' || to_char(ticket.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'employee=' || shift, 'customer=' || ticket.customer, 'order=-', 'currency=EUR',
        'line=1|' || ticket.gtin || '|2|12.50|25.00|0.0550',
        'tender=1|card|25.00|25.00|0.00', 'points_spent=0', 'total=25.00',
        'previous=' || tip);
      INSERT INTO pos_ticket (id, origin, till_id, shift_id, number, kind, chain_version,
          previous_hash, hash, canonical, sold_at, received_at, employee_id,
          employee_name, customer_id, customer_name, order_number, currency, total, tax,
          points_earned, points_spent, approved_by_name)
      VALUES (made, '{side}', till.id, shift, n, 'sale', 1, tip,
          encode(sha256(convert_to(said, 'UTF8')), 'hex'), said, ticket.at, ticket.at,
          shift, 'Generated', ticket.customer, '', '', 'EUR', 25, 1.30, 0, 0, '')
      RETURNING hash INTO tip;
      INSERT INTO pos_ticketline (id, origin, ticket_id, position, variant_id, gtin,
          title, quantity, unit_price, tax_rate, discount, offers, cut_reason, total)
      VALUES (made, '{side}', made, 1, ticket.variant_id, ticket.gtin, 'Generated', 2,
          12.50, 0.0550, 0, '[]', '', 25);
      INSERT INTO pos_tender (id, origin, ticket_id, position, method, amount, given,
          change)
      VALUES (made, '{side}', made, 1, 'card', 25, 25, 0);
    END LOOP;
    UPDATE pos_till SET last_number = n, last_hash = tip WHERE id = till.id;
  END LOOP;
END $$;
"""
