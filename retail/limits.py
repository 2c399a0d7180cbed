"""How much one visitor or colleague may have or ask for at a time: from the environment,
with what is generous for real work."""

from dataclasses import dataclass

from environs import Env


@dataclass(frozen=True)
class Limits:
    """0 means: any number.

    `look_ups`: customers that a colleague at a till or store may search for within ten
    minutes.
    """

    look_ups: int


def read(env: Env) -> Limits:
    return Limits(look_ups=env.int("CUSTOMER_LOOK_UPS", 60))
