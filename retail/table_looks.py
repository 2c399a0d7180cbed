"""How the package that draws the tables looks here: the house's colours and fonts."""

from typing import Any

from django.templatetags.static import static

# The tokens' paper, ink and slate as the ramp that the package's classes ask for: its
# light pages take from the top of it, its dark ones from the bottom.
BASE = {
    "50": "oklch(0.978 0.006 130)",
    "100": "oklch(0.952 0.010 135)",
    "200": "oklch(0.895 0.012 140)",
    "300": "oklch(0.830 0.014 145)",
    "400": "oklch(0.780 0.014 150)",
    "500": "oklch(0.480 0.022 155)",
    "600": "oklch(0.445 0.022 158)",
    "700": "oklch(0.400 0.020 165)",
    "800": "oklch(0.335 0.018 168)",
    "900": "oklch(0.232 0.016 168)",
    "950": "oklch(0.160 0.012 168)",
}
PRIMARY = {
    "50": "oklch(0.953 0.024 150)",
    "100": "oklch(0.930 0.035 150)",
    "200": "oklch(0.900 0.060 150)",
    "300": "oklch(0.860 0.115 150)",
    "400": "oklch(0.830 0.125 153)",
    "500": "oklch(0.800 0.125 153)",
    "600": "oklch(0.420 0.092 157)",
    "700": "oklch(0.350 0.080 157)",
    "800": "oklch(0.325 0.066 160)",
    "900": "oklch(0.300 0.045 160)",
    "950": "oklch(0.265 0.046 163)",
}
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Sarriette",
    "SITE_HEADER": "Sarriette",
    "SITE_URL": "/office/",
    "BORDER_RADIUS": "10px",
    "COLORS": {
        "base": BASE,
        "primary": PRIMARY,
        "font": {
            "subtle-light": "oklch(0.445 0.022 158)",
            "subtle-dark": "oklch(0.780 0.014 150)",
            "default-light": "oklch(0.235 0.025 160)",
            "default-dark": "oklch(0.955 0.008 140)",
            "important-light": "oklch(0.235 0.025 160)",
            "important-dark": "oklch(0.955 0.008 140)",
        },
    },
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("retail/favicon.svg"),
        }
    ],
    "STYLES": [
        lambda request: static("retail/tokens.css"),
        lambda request: static("retail/tables.css"),
    ],
    "SCRIPTS": [lambda request: static("retail/tables.js")],
}
