"""How much one visitor or colleague may have or ask for at a time: from the environment,
with what is generous for real work."""

from dataclasses import dataclass

from environs import Env


@dataclass(frozen=True)
class Limits:
    """0 means any number, but for `card_tickets`.

    `look_ups`: customers that a colleague at a till or store may search for within ten
    minutes. `unpaid`: orders that may wait for their money under one customer or e-mail
    address, and `unpaid_from_address` from one network address: their goods are held.
    `card_tickets`: sales of one till in a day with one customer; more are told to head
    office, and none is refused.
    """

    look_ups: int
    unpaid: int
    unpaid_from_address: int
    card_tickets: int


def read(env: Env, *, demo: bool) -> Limits:
    return Limits(
        look_ups=env.int("CUSTOMER_LOOK_UPS", 60),
        unpaid=env.int("UNPAID_ORDERS", 0 if demo else 3),
        unpaid_from_address=env.int("UNPAID_ORDERS_FROM_ADDRESS", 0 if demo else 10),
        card_tickets=env.int("CARD_TICKETS_A_DAY", 3),
    )
