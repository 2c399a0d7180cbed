"""Who takes money online: read from the environment once, by the settings.

With Stripe's keys it is Stripe; else, in a demonstration, its bank, whose money is none;
else nobody: a shop that sells does not pretend.
The shape is django-payments': {variant: (class, what it is made with)}.
"""

import hmac
from typing import Any

from environs import Env

__all__ = ["pays_at", "variants"]

Variants = dict[str, tuple[str, dict[str, Any]]]


def variants(env: Env, secret_key: str, *, production: bool) -> Variants:
    """The one provider that is asked, or none. Fails where only one of Stripe's two keys is
    given. What the demonstration's bank took is not real: with Stripe nobody asks it.

    A command typed beside `make run` has not its environment, but its embedded servers:
    it speaks with the bank that these know."""
    if env.str("STRIPE_SECRET_KEY", ""):
        stripe = {
            "api_key": env.str("STRIPE_SECRET_KEY"),
            "endpoint_secret": env.str("STRIPE_WEBHOOK_SECRET"),
            "api_base": env.str("STRIPE_API_BASE", "https://api.stripe.com"),
        }
        return {"stripe": ("retail.payments.stripe_checkout.StripeCheckout", stripe)}
    if production and env.str("DATABASE_URL", ""):
        return {}
    label = b"retail: calls of the demonstration's bank"
    demo = {"secret": hmac.digest(secret_key.encode(), label, "sha256")}
    return {"demo": ("retail.payments.demo.DemoProvider", demo)}


def pays_at(used: Variants) -> list[str]:
    """Where a form of ours may lead to, besides ourselves."""
    return ["https://checkout.stripe.com"] if "stripe" in used else []
