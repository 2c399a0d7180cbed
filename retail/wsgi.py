import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "retail.settings")
application = get_wsgi_application()

# needs Django's settings; no visitor shall wait for the calendar of holidays
from retail.fulfilment.hours import warm_up  # noqa: E402

warm_up()
