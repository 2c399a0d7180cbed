"""The sweeps that the beat starts: name → task and how often, in seconds.

Nothing of value is lost when a run is missed or comes twice: each catches up and is
idempotent.
"""

SWEEPS: dict[str, dict[str, object]] = {
    "refresh the stores' feed": {
        "task": "retail.fulfilment.tasks.refresh_feed",
        "schedule": 5.0,
    },
    "send notices": {"task": "retail.notices.tasks.send_notices", "schedule": 10.0},
    "tell who waits": {"task": "retail.alerts.tasks.tell_alerts", "schedule": 60.0},
    "forget who waited": {
        "task": "retail.alerts.tasks.forget_alerts",
        "schedule": 3600.0,
    },
    "expire holds": {"task": "retail.fulfilment.tasks.expire_holds", "schedule": 30.0},
    "expire pickups": {
        "task": "retail.fulfilment.tasks.expire_pickups",
        "schedule": 60.0,
    },
    "expire unpaid orders": {
        "task": "retail.orders.tasks.expire_unpaid_orders",
        "schedule": 60.0,
    },
    "choose for customers": {
        "task": "retail.orders.tasks.choose_for_customers",
        "schedule": 60.0,
    },
    "send refunds again": {
        "task": "retail.orders.tasks.send_refunds_again",
        "schedule": 3600.0,
    },
    "forget baskets": {
        "task": "retail.orders.tasks.forget_baskets",
        "schedule": 3600.0,
    },
    "take what is due": {
        "task": "retail.payments.tasks.take_what_is_due",
        "schedule": 5.0,
    },
    "compare payments": {
        "task": "retail.payments.tasks.reconcile_payments",
        "schedule": 600.0,
    },
    "calls of the demonstration's bank": {
        "task": "retail.bank.tasks.call_shop_back",
        "schedule": 3.0,
    },
    "tell other systems": {
        "task": "retail.messages.tasks.tell_outside",
        "schedule": 3.0,
    },
    "forget deliveries": {
        "task": "retail.messages.tasks.forget_deliveries",
        "schedule": 3600.0,
    },
    "forget names": {"task": "retail.fulfilment.tasks.wipe_names", "schedule": 3600.0},
    "erasures": {"task": "retail.customers.tasks.finish_erasures", "schedule": 600.0},
    "take up imports": {
        "task": "retail.exchange.tasks.take_up_imports",
        "schedule": 10.0,
    },
    "forget files": {"task": "retail.exchange.tasks.forget_files", "schedule": 3600.0},
}
