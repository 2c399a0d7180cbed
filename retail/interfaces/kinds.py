"""The whole list of kinds of problems: their slugs stay."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """`help` says to a person what to do about it."""

    status: int
    title: Promise
    help: Promise


KINDS: dict[str, Kind] = {
    "invalid": Kind(
        400,
        _("The request is not understood"),
        _("“errors” names each field that is wrong, and why. Nothing was changed."),
    ),
    "unauthorized": Kind(
        401,
        _("A key is needed"),
        _("Send a living key in the header “Authorization: Bearer KEY”."),
    ),
    "payment-declined": Kind(
        402,
        _("The payment was declined"),
        _("The order is kept; another attempt to pay may be made for it."),
    ),
    "forbidden": Kind(
        403,
        _("This key may not do that"),
        _("Each key has a scope and, in a store, a place. Use a key made for this."),
    ),
    "other-till": Kind(
        403,
        _("Another till’s ticket"),
        _("A till’s key books the tickets of its own till and of no other."),
    ),
    "not-found": Kind(
        404,
        _("Nothing is here"),
        _("There is no such thing, or it is somebody else’s."),
    ),
    "method-not-allowed": Kind(
        405,
        _("Not this method"),
        _("“Allow” names the methods that this address knows."),
    ),
    "already-asked": Kind(
        409,
        _("The store has yet to answer"),
        _("One thing is asked of a store at a time: wait for its answer."),
    ),
    "already-decided": Kind(
        409,
        _("Somebody has decided the other way"),
        _("“decision” is what stands. Take the link back, if it is to be another."),
    ),
    "approval-needed": Kind(
        409,
        _("A manager must agree"),
        _("“act” and “amount” say to what; the till asks for the manager’s PIN."),
    ),
    "bad-approval": Kind(
        409,
        _("This approval is for another ticket"),
        _("A manager agrees to one ticket, at one till."),
    ),
    "chain-broken": Kind(
        409,
        _("Not the next ticket of its till"),
        _("“number” and “previous_hash” are what the next ticket must carry."),
    ),
    "feature-off": Kind(
        409,
        _("This is not offered now"),
        _("The feature that it needs is switched off here."),
    ),
    "held": Kind(
        409,
        _("Units are held for a web order"),
        _("Ask the seller, and send the ticket again with “take_held”."),
    ),
    "id-reused": Kind(
        409,
        _("The id is taken"),
        _("The same id came with another content. Make a new id for a new thing."),
    ),
    "coupon-refused": Kind(
        409,
        _("This code gives nothing here"),
        _("“reason” says why: unknown, over, used_up, elsewhere, nothing …"),
    ),
    "identity-needed": Kind(
        409,
        _("An identity card must be seen"),
        _("“names” are who may fetch it. Send “identity_checked” once a card said so."),
    ),
    "illegal-move": Kind(
        409,
        _("Not from this state"),
        _("“allowed” names the moves that can be made now."),
    ),
    "incomplete": Kind(
        409,
        _("Units are neither picked nor short"),
        _("“lines” names what is still to be found."),
    ),
    "kept-apart": Kind(
        409,
        _("Somebody called them two people"),
        _("“customers” are two rows that this would join against a decision."),
    ),
    "no-shift": Kind(
        409,
        _("The till is not open"),
        _("The employee whom the ticket names must open the till first."),
    ),
    "not-cancellable": Kind(
        409,
        _("Too late to cancel"),
        _("Some of the order is on its way or with the customer."),
    ),
    "not-due": Kind(
        409,
        _("Another amount is due"),
        _("“due” is what is to be paid."),
    ),
    "not-enough-on-card": Kind(
        409,
        _("Not so much on the gift card"),
        _("“balance” is what it holds."),
    ),
    "not-enough-points": Kind(
        409,
        _("Not so many points"),
        _("“balance” is what can be spent here and now."),
    ),
    "not-paid": Kind(
        409,
        _("To be paid first"),
        _("“due” is to be paid before the goods leave."),
    ),
    "not-payable": Kind(
        409,
        _("Nothing to pay online"),
        _("The order is paid, cancelled, or paid in the store."),
    ),
    "not-possible": Kind(
        409,
        _("Not at this stage"),
        _("The order is too far, or not far enough, for what was asked."),
    ),
    "out-of-stock": Kind(
        409,
        _("Not enough units are free"),
        _("“lines” names what is short, and how many units could be had."),
    ),
    "pickup-paused": Kind(
        409,
        _("The store takes no pickups now"),
        _("Choose another store or delivery, or ask again later."),
    ),
    "shift-open": Kind(
        409,
        _("Somebody else has opened this till"),
        _("One person sells at a till: the shift that is open must be closed first."),
    ),
    "offers-changed": Kind(
        409,
        _("The offers have changed"),
        _("What the ticket took off is not offered at the moment of its sale."),
    ),
    "slot-full": Kind(
        409,
        _("No place is left in that slot"),
        _("“slots” are the next that are free at this store."),
    ),
    "too-many-unpaid": Kind(
        409,
        _("Too many orders wait for their money"),
        _("At most “most” at a time. Pay or cancel one, or wait until it has ended."),
    ),
    "unknown-customer": Kind(
        409,
        _("The customer is not known here"),
        _("The customer is not on the books that this channel can see."),
    ),
    "not-returnable": Kind(
        409,
        _("Not so many are left to come back"),
        _("“lines” says how many units of each are still with the customer."),
    ),
    "unknown-sale": Kind(
        409,
        _("No till has sold this"),
        _("The line that came back names a ticket that is not known."),
    ),
    "wrong-money-back": Kind(
        409,
        _("Not so much was paid in this way"),
        _("“left” is what can go back by “method”."),
    ),
    "unknown-product": Kind(
        409,
        _("Unknown product"),
        _("“gtins” names what is not in the catalogue."),
    ),
    "too-many-webhooks": Kind(
        409,
        _("This channel has twenty webhooks already"),
        _("End one that nobody listens to any more, then add another."),
    ),
    "wrong-code": Kind(
        409,
        _("Wrong pickup code"),
        _("After five wrong codes somebody must check the collector’s name."),
    ),
    "unknown-gift-card": Kind(
        404,
        _("No such gift card"),
        _("Apart, a card is known only to the channel that sold it."),
    ),
    "wrong-hash": Kind(
        400,
        _("Wrong hash"),
        _("The hash must be that of the ticket’s canonical text."),
    ),
    "too-large": Kind(
        413,
        _("The body is too large"),
        _("Send at most 1 MiB, and at most 200 tickets at once."),
    ),
    "unsupported-media-type": Kind(
        415,
        _("Only JSON is read here"),
        _("Send “Content-Type: application/json”, and no compression."),
    ),
    "too-many-requests": Kind(
        429,
        _("Too many requests in this minute"),
        _("“Retry-After” says in how many seconds the next minute begins."),
    ),
    "server-error": Kind(
        500,
        _("Something broke on our side"),
        _("Send the same request again, with the same ids: it has one effect."),
    ),
    "closed": Kind(
        503,
        _("Closed for a moment"),
        _("Data is being moved. Send the same request again."),
    ),
    "unavailable": Kind(
        503,
        _("Busy for a moment"),
        _("Send the same request again, with the same ids: it has one effect."),
    ),
}
