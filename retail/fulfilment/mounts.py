"""Where the board, its jobs and the stock are shown: stores, with their pickups and the
parcels that they send, and the warehouse. The same pages; what differs is written here."""

from dataclasses import dataclass, replace

from inventory.models import LocationKind
from retail.fulfilment.models import PickupEvent, PickupJob, ShipEvent, ShipJob
from retail.fulfilment.moving import PICKUP, SHIP
from retail.fulfilment.states import Move
from retail.staff.models import Role

__all__ = ["STORE", "STORE_PARCELS", "WAREHOUSE", "Mount"]


@dataclass(frozen=True)
class Mount:
    """`roles` may work on the board, `counters` may also correct the books of the
    stock. The rest are names of URLs."""

    surface: str
    kind: LocationKind
    roles: tuple[Role, ...]
    counters: tuple[Role, ...]
    board: str
    lanes: str
    find: str
    job: str
    job_move: str
    stock: str
    stock_move: str
    counts: str
    count_begin: str
    count: str
    count_act: str
    low: str
    sign_out: str
    slip: str = ""

    @property
    def is_store(self) -> bool:
        """Whether pickups are worked on here, else parcels."""
        return not self.slip

    @property
    def jobs(self) -> type[PickupJob] | type[ShipJob]:
        return PickupJob if self.is_store else ShipJob

    @property
    def events(self) -> type[PickupEvent] | type[ShipEvent]:
        return PickupEvent if self.is_store else ShipEvent

    @property
    def moves(self) -> dict[str, Move]:
        return PICKUP.moves if self.is_store else SHIP.moves


STORE = Mount(
    surface="pos",
    kind=LocationKind.STORE,
    roles=(Role.CASHIER, Role.MANAGER),
    counters=(Role.MANAGER,),
    board="pos_store_board",
    lanes="pos_store_lanes",
    find="pos_store_find",
    job="pos_job",
    job_move="pos_job_move",
    stock="pos_stock",
    stock_move="pos_stock_move",
    counts="pos_counts",
    count_begin="pos_count_begin",
    count="pos_count",
    count_act="pos_count_act",
    low="pos_low",
    sign_out="pos_sign_out",
)
WAREHOUSE = Mount(
    surface="warehouse",
    kind=LocationKind.WAREHOUSE,
    roles=(Role.WAREHOUSE, Role.MANAGER),
    counters=(Role.WAREHOUSE, Role.MANAGER),
    board="warehouse_board",
    lanes="warehouse_lanes",
    find="",
    job="warehouse_job",
    job_move="warehouse_job_move",
    stock="warehouse_stock",
    stock_move="warehouse_stock_move",
    counts="warehouse_counts",
    count_begin="warehouse_count_begin",
    count="warehouse_count",
    count_act="warehouse_count_act",
    low="warehouse_low",
    sign_out="warehouse_sign_out",
    slip="warehouse_slip",
)
STORE_PARCELS = replace(
    STORE,
    board="pos_parcels",
    lanes="pos_parcels_lanes",
    find="",
    job="pos_parcel",
    job_move="pos_parcel_move",
    slip="pos_parcel_slip",
)
