"""Django finds the models of the retailer's slices here; nothing else lives here."""

from retail.alerts.models import *  # noqa: F403
from retail.customers.models import *  # noqa: F403
from retail.fulfilment.models import *  # noqa: F403
from retail.loyalty.models import *  # noqa: F403
from retail.messages.models import *  # noqa: F403
from retail.notices.models import *  # noqa: F403
from retail.orders.models import *  # noqa: F403
from retail.payments.models import *  # noqa: F403
from retail.promotions.models import *  # noqa: F403
from retail.service.models import *  # noqa: F403
