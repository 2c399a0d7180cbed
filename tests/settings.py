"""The product's settings, on the tests' own servers (`tests/servers.py`)."""

from tests import servers

servers.start()  # before the product's settings look where their databases are

from retail.settings import *  # noqa: E402, F403
from retail.settings import DATABASES  # noqa: E402

for _database in DATABASES.values():
    _database.get("OPTIONS", {}).pop(
        "pool", None
    )  # names change under way: see cloning
    _database.setdefault("TEST", {})["DEPENDENCIES"] = []
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
