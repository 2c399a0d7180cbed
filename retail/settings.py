"""Settings of the house. The environment is read here and in `retail/databases.py`."""

import hmac
import sys
from pathlib import Path

from django.utils.translation import gettext_lazy as _
from environs import Env

from retail import card_payments, databases, openapi, schedule, secret, table_looks
from retail.limits import read as limits_of
from retail.logs import configured

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR = databases.var_folder(BASE_DIR)

DEBUG = env.bool("DEBUG", False)
# The demo's role chooser and its shortcuts; `make run` sets it for embedded servers.
DEMO = env.bool("DEMO", False)
TESTING = "pytest" in sys.modules
IN_PRODUCTION = not (DEMO or DEBUG or TESTING)

SECRET_KEY = env.str("SECRET_KEY", "") or secret.kept(
    VAR, may_make=DEMO or DEBUG or TESTING or env.bool("RETAIL_NO_DATABASE", False)
)
# The key of pickup codes' hashes, apart from the one that signs cookies.
CODE_KEY = hmac.digest(SECRET_KEY.encode(), b"retail: pickup codes", "sha256")
LOCAL = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["*"] if DEMO else LOCAL)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "unfold.apps.BasicAppConfig",
    "retail.staff.admin_config.HouseAdminConfig",
    "allauth",
    "allauth.account",
    "flags",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "retail.channels",
    "retail.staff",
    "retail.exchange",
    "retail.bank",
    "retail.settlement",
    "retail.webhooks",
    "retail.tables",
    "inventory",
    "retail",
    "webshop",
    "pos",
]
MIDDLEWARE = [
    "retail.middleware.RequestLines",
    # around the rest: a write refused by a closed side is tried again with all of it new
    "retail.channels.middleware.PinContext",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "retail.middleware.Packing",
    "retail.staff.middleware.ContentSecurity",
    "retail.channels.surfaces.SurfaceSessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "retail.channels.surfaces.SurfaceCsrf",
    "retail.staff.middleware.SurfaceAuthentication",
    "retail.channels.middleware.OfficeSide",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "retail.urls"
WSGI_APPLICATION = "retail.wsgi.application"
SLICES = sorted((BASE_DIR / "retail").glob("*/templates"))
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "retail" / "templates", *SLICES],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "retail.channels.context_processors.dial",
                "webshop.context.shop",
            ],
        },
    }
]

DATABASES = databases.databases(VAR)
DATABASE_ROUTERS = ["retail.channels.router.ContextRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# How old the pinned level and flags may be. The fence, not this, guards writes.
CHANNELS_SNAPSHOT_SECONDS = 0.0 if TESTING else 0.5
# How old what pages only show may be: see channels/kept.py.
PAGES_KEPT_SECONDS = 0.0 if TESTING else 0.5
CLOSED_PATIENCE_SECONDS, CLOSED_WAITERS = 0.0 if TESTING else 3.0, 2  # see waiting.py
FLAG_SOURCES = ["retail.channels.flags.PinnedFlags"]

IN_STORE_CODES = env.dict("IN_STORE_CODES", {"21": "IIIIIWWWWW", "22": "IIIIIPPPPP"})
REDIS_URL = databases.redis_url(VAR)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache"
        if TESTING
        else "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "tests" if TESTING else REDIS_URL,
        "KEY_PREFIX": "retail",
        # a Redis that does not answer keeps nobody waiting (seconds)
        "OPTIONS": {}
        if TESTING
        else {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
}

AUTH_USER_MODEL = "staff.Account"
AUTHENTICATION_BACKENDS = [
    "retail.staff.backends.StaffBackend",
    "retail.staff.backends.CustomerBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "/shop/"

# Customers sign in by a code sent to their e-mail address; no customer has a password.
ACCOUNT_ADAPTER = "retail.staff.allauth_adapter.CustomerAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
# A person who mistypes tries again at once; a program that tries addresses is slowed.
ACCOUNT_RATE_LIMITS = {
    "signup": "20/m/ip",
    "confirm_email": "5/10m/key",
    "request_login_code": "20/m/ip,5/m/key",
    "stock_alert": "10/m/ip",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "request_login_code": "retail.staff.allauth_forms.AskCode",
    "confirm_login_code": "retail.staff.allauth_forms.GiveCode",
    "confirm_email_verification_code": "retail.staff.allauth_forms.GiveEmailCode",
    "signup": "retail.staff.allauth_forms.Join",
}
# EMAIL_URL (submission://user:password@host:587) names a server; without one, letters are
# files in a demo and printed otherwise.
mail = env.dj_email_url("EMAIL_URL", "console:")
EMAIL_HOST, EMAIL_PORT = mail["EMAIL_HOST"], mail["EMAIL_PORT"]
EMAIL_HOST_USER = mail["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = mail["EMAIL_USE_TLS"], mail["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 5
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend"
    if DEMO and not env.str("EMAIL_URL", "")
    else mail["EMAIL_BACKEND"],
)
EMAIL_FILE_PATH = VAR / "mail"
# Who carries short messages: a class with `send` (see retail/notices/gateway.py).
SMS_GATEWAY = env.str("SMS_GATEWAY", "retail.notices.gateway.Console")
# The house's address in the links of letters and messages.
SITE_URL = env.str("SITE_URL", f"http://localhost:{env.int('PORT', 8000)}")
PAYMENT_VARIANTS = card_payments.variants(env, SECRET_KEY, production=IN_PRODUCTION)
PAYMENT_HOST = SITE_URL.partition("://")[2]
# What a monitor must show at /metrics; without it nobody may look, but in a demo.
METRICS_KEY = env.str("METRICS_KEY", "")
# Days after the end until the place's copy and the messages forget who it was.
PICKUP_NAMES_KEPT_DAYS = env.int("PICKUP_NAMES_KEPT_DAYS", 7)
PARCEL_NAMES_KEPT_DAYS = env.int("PARCEL_NAMES_KEPT_DAYS", 90)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Sarriette <bonjour@sarriette.test>")

SESSION_ENGINE = "retail.channels.surfaces"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SILENCED_SYSTEM_CHECKS = [
    "security.W003",  # SurfaceCsrf is Django's, per surface
    "security.W021",  # browsers' own list is hard to leave: HSTS_PRELOAD asks for it
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Embedded servers are reached by plain http; everything else is behind https.
HTTPS = env.bool("HTTPS", IN_PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS and env.bool("HSTS_PRELOAD", False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
# How many proxies of ours each add one address to X-Forwarded-For. Without any, what the
# header says is a claim of whoever sent it: limits count by the connection's address.
PROXIES = env.int("PROXIES", 1) if env.bool("BEHIND_PROXY", False) else 0
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'", *card_payments.pays_at(PAYMENT_VARIANTS)],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LANGUAGE_CODE = "fr"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["retail.formats"]
LANGUAGE_COOKIE_NAME = "language"
TIME_ZONE = "Europe/Paris"

STATIC_URL = "/static/"
STATICFILES_DIRS = [("photos", BASE_DIR / "retail" / "demo" / "data" / "photos")]
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is absent
STORAGES = {"staticfiles": {"BACKEND": "retail.packing.Packed"}}
WHITENOISE_USE_FINDERS = TESTING or not any(STATIC_ROOT.iterdir())
WHITENOISE_MAX_AGE = 0 if DEBUG else 300

# Requests in a minute, 0 for any number (see retail/interfaces/throttling.py).
API_PER_MINUTE_KEY = env.int("API_PER_MINUTE_KEY", 0 if DEMO else 6000)
API_PER_MINUTE_ANONYMOUS = env.int("API_PER_MINUTE_ANONYMOUS", 0 if DEMO else 600)
LIMITS = limits_of(env, demo=DEMO)  # of people, whatever they ask with
REST_FRAMEWORK = {
    "NUM_PROXIES": PROXIES,
    "DEFAULT_THROTTLE_CLASSES": ["retail.interfaces.throttling.PerMinute"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["retail.staff.api.KeyAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "retail.interfaces.problems.answer",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = openapi.DESCRIBED
UNFOLD = table_looks.UNFOLD

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 15, 20
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A killed worker's tasks are offered again after a minute; no task runs that long.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # its lines are ours
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = schedule.SWEEPS

LOGGING = configured(
    level=env.str("LOG_LEVEL", "WARNING"),
    json=env.bool("LOG_JSON", IN_PRODUCTION),
    requests=env.bool("LOG_REQUESTS", IN_PRODUCTION),
)
