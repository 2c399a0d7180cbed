"""What an order promised (`Fulfilment`, the order's side) and the work that keeps the
promise (`PickupJob`, `ShipJob`, the location's side). Both carry the same id.
"""

from retail.fulfilment.models.copies import FeedState, StoreAvailability
from retail.fulfilment.models.parcels import ShipEvent, ShipJob, ShipLine
from retail.fulfilment.models.pickups import (
    OfferState,
    PickupEvent,
    PickupJob,
    PickupLine,
    PickupOffer,
    PickupSetting,
)
from retail.fulfilment.models.promised import (
    Fulfilment,
    FulfilmentLine,
    Method,
    PickupSlot,
)

__all__ = [
    "FeedState",
    "Fulfilment",
    "FulfilmentLine",
    "Method",
    "OfferState",
    "PickupEvent",
    "PickupJob",
    "PickupLine",
    "PickupOffer",
    "PickupSetting",
    "PickupSlot",
    "ShipEvent",
    "ShipJob",
    "ShipLine",
    "StoreAvailability",
]
