"""The product's settings, on the tests' own servers (`tests/servers.py`)."""

from tests import servers

servers.start()  # before the product's settings look where their databases are

from retail.settings import *  # noqa: E402, F403

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Not every test's client looks through all static files.
WHITENOISE_AUTOREFRESH = True
