"""How the API describes itself: drf-spectacular's settings."""

DESCRIBED = {
    "TITLE": "Sarriette",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    # a link to each call would lie inside the button that opens it
    "SWAGGER_UI_SETTINGS": {"deepLinking": False},
    "REDOC_DIST": "SIDECAR",
    "GET_LIB_DOC_EXCLUDES": "retail.interfaces.describing.not_descriptions",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "retail.interfaces.describing.everywhere",
    ],
    "ENUM_NAME_OVERRIDES": {
        "FulfilmentMethodEnum": "retail.fulfilment.models.Method.values",
        "PaymentMethodEnum": "retail.payments.models.PaymentMethod.values",
        "TenderMethodEnum": "pos.models.TenderMethod.values",
        "TicketKindEnum": "pos.models.TicketKind.values",
        "ReturnReasonEnum": "pos.models.ReturnReason.values",
        "CutReasonEnum": "pos.models.CutReason.values",
        "EntryKindEnum": "retail.loyalty.models.EntryKind.values",
        "MoveEnum": "retail.fulfilment.api_schema.MOVES",
    },
}
