from inventory.models.catalogue import (
    Department,
    Listing,
    Price,
    Product,
    TaxCategory,
    Unit,
    Variant,
)
from inventory.models.counts import Count, CountKind, CountLine
from inventory.models.places import Location, LocationKind
from inventory.models.rows import Row, owned, owned_by
from inventory.models.stock import (
    Reservation,
    ReservationState,
    StockException,
    StockLevel,
    StockMovement,
    Transfer,
    TransferLine,
    TransferStatus,
)

__all__ = [
    "Count",
    "CountKind",
    "CountLine",
    "Department",
    "Listing",
    "Location",
    "LocationKind",
    "Price",
    "Product",
    "Reservation",
    "ReservationState",
    "Row",
    "StockException",
    "StockLevel",
    "StockMovement",
    "TaxCategory",
    "Transfer",
    "TransferLine",
    "TransferStatus",
    "Unit",
    "Variant",
    "owned",
    "owned_by",
]
