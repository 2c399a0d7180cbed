import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "retail.settings")

# Rest framework takes these up where they are installed, for its test client and for
# pages that this house has not: 6 MB. When it looks, they are not there.
UNUSED = {"requests", "pygments"} - sys.modules.keys()
sys.modules.update(dict.fromkeys(UNUSED))  # type: ignore[arg-type]
import rest_framework.compat  # noqa: E402, F401

for name in UNUSED:
    del sys.modules[name]

application = get_wsgi_application()

# needs Django's settings; no visitor shall wait for addresses, or the holidays' calendar
from retail import urls  # noqa: E402, F401
from retail.fulfilment.hours import warm_up  # noqa: E402

warm_up()
