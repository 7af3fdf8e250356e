"""All settings, read from the environment; docs/operations.md lists the variables."""

from pathlib import Path
from typing import Any

import msgspec
from csp.constants import NONE, SELF

from backoffice import databases, env, logs, outgoing, single_sign_on


class Issuer(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Another issuer of tokens, and the most that its callers may do."""

    issuer: str
    audience: str
    jwks_url: str
    operations: list[str]


ROOT = Path(__file__).resolve().parent.parent
DESK_ENV = env.choice("DESK_ENV", ("development", "test", "production"), "production")
PRODUCTION = DESK_ENV == "production"
DEBUG = env.flag("DEBUG", False)
if PRODUCTION and DEBUG:
    env.refuse("DEBUG=true is not for production")

SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS")
if PRODUCTION and any(len(key) < 50 or len(set(key)) < 5 for key in (SECRET_KEY, *SECRET_KEY_FALLBACKS)):
    env.refuse("SECRET_KEY and each of SECRET_KEY_FALLBACKS must be at least 50 random characters")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1],testserver")
if PRODUCTION and (not ALLOWED_HOSTS or any("*" in host or host.startswith(".") for host in ALLOWED_HOSTS)):
    env.refuse("ALLOWED_HOSTS must name the hosts one by one, without * and without a leading dot")
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS")
if PRODUCTION and any(not origin.startswith("https://") or "*" in origin for origin in CSRF_TRUSTED_ORIGINS):
    env.refuse("CSRF_TRUSTED_ORIGINS: every one must begin with https://, without *")
DATA_DIR = Path(env.text("DATA_DIR", str(ROOT / "var"))).resolve()

# The seam: who answers the back-API. `upstream` forwards to an installed platform and comes later.
BACK_API = {"hosted": "backoffice.hosted.build"}[env.choice("BACK_API", ("hosted",), "hosted")]
DESK = "backoffice.desk.build"
IDENTITY = "backoffice.operators.identity"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "csp",
    "django_htmx",
    "template_partials",
    "drf_spectacular_sidecar",
    "backoffice.core",
    "backoffice.chain",
    "backoffice.operators",
    "backoffice.notifications",
    "backoffice.approvals",
    "backoffice.markets",
    "backoffice.ledger",
    "backoffice.accounts",
    "backoffice.callbacks",
    "backoffice.transfers",
    "backoffice.commissions",
    "backoffice.trading",
    "backoffice.commission_changes",
    "backoffice.commission_files",
    "backoffice.books",
    "backoffice.history",
    "backoffice.reports",
    "backoffice.inbox",
    "backoffice.demo",
    "portal",
]

MIDDLEWARE = [
    "backoffice.tracing.traced",
    "backoffice.hosts.known",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "backoffice.pages.Compression",
    "backoffice.pages.ContentSecurityPolicy",
    "backoffice.pages.Sessions",
    "backoffice.pages.Csrf",
    "backoffice.pages.Messages",
    "backoffice.pages.Htmx",
    "backoffice.pages.SignedIn",
]
# W003 looks for Django's own CSRF class; ours is the same one, for browser pages only: API paths take Bearer tokens, never cookies.
SILENCED_SYSTEM_CHECKS = ["security.W003"]
API_PATHS = ("/back-api/", "/api/", "/frontoffice/", "/notification/", "/auth/", "/livez", "/readyz", "/metrics")

ROOT_URLCONF = "backoffice.urls"
WSGI_APPLICATION = "backoffice.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "portal.context.shell",
            ],
            "builtins": ["portal.templatetags.desk", "template_partials.templatetags.partials"],
        },
    }
]

DATABASES = databases.read()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL")
# Redis is a doorbell and a cache: nobody waits for it longer than this.
REDIS_PATIENCE = {"socket_connect_timeout": 0.2, "socket_timeout": 0.2}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "desk", "OPTIONS": REDIS_PATIENCE}
}
CELERY_BROKER_URL = env.broker(REDIS_URL)

AUTH_USER_MODEL = "operators.Operator"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"] if DESK_ENV == "test" else ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
]
SESSION_IDLE_SECONDS = env.whole("SESSION_IDLE_SECONDS", 15 * 60, 60, 8 * 3600)
SESSION_LIFE_SECONDS = env.whole("SESSION_LIFE_SECONDS", 8 * 3600, 300, 24 * 3600)
# `required`: of everybody whose roles move money or change rights; `offered`: of nobody.
SECOND_FACTOR = env.choice("SECOND_FACTOR", ("required", "offered"), "required" if PRODUCTION else "offered")
_issuer = single_sign_on.read(is_production=PRODUCTION)
OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NAME = _issuer.address, _issuer.client_id, _issuer.client_secret, _issuer.name
OIDC_USERNAME_CLAIM, OIDC_CREATES_OPERATORS = _issuer.username_claim, _issuer.creates_operators
OIDC_ROLES_CLAIM, OIDC_ROLES, OIDC_FACTOR_VALUES = _issuer.roles_claim, _issuer.roles, _issuer.factor_values
PASSWORD_SIGN_IN = env.flag("PASSWORD_SIGN_IN", True)
if not PASSWORD_SIGN_IN and not OIDC_ISSUER:
    env.refuse("PASSWORD_SIGN_IN=false needs OIDC_ISSUER: nobody could sign in")
# Keys that seal the seeds of authenticators, as `id:base64 of 32 bytes`: the first one seals, all of them open.
FACTOR_KEYS = env.keys("FACTOR_KEYS", "" if not PRODUCTION else None)
# What is dangerous asks for a proof that is no older than this.
CONFIRMED_SECONDS = env.whole("CONFIRMED_SECONDS", 300, 30, 3600)
# Transfers above this much of the root asset are dangerous.
CONFIRM_TRANSFERS_ABOVE = env.whole("CONFIRM_TRANSFERS_ABOVE", 10_000, 0, 10**15)

JWT_SIGNING_KEY = env.text("JWT_SIGNING_KEY")
if PRODUCTION and "PRIVATE KEY-----" not in JWT_SIGNING_KEY:
    env.refuse("JWT_SIGNING_KEY is not a private key in PEM")
JWT_ISSUER = env.text("JWT_ISSUER", "backoffice")
JWT_AUDIENCE = env.text("JWT_AUDIENCE", "back-api")
JWT_LIFE_SECONDS = env.whole("JWT_LIFE_SECONDS", 600, 60, 600)
# Earlier signing keys that still verify while they are rotated out: PEM blocks one after another.
JWT_VERIFY_KEYS = env.text("JWT_VERIFY_KEYS", "")
JWT_ISSUERS = env.records("JWT_ISSUERS", Issuer)
if PRODUCTION and any(not issuer["jwksUrl"].startswith("https://") for issuer in JWT_ISSUERS):
    env.refuse("JWT_ISSUERS: every jwksUrl must begin with https://")
API_REQUESTS_PER_MINUTE = env.whole("API_REQUESTS_PER_MINUTE", 6_000, 1, 1_000_000)
PLAIN_HTTP_CALLBACKS = env.flag("PLAIN_HTTP_CALLBACKS", False)
if PRODUCTION and PLAIN_HTTP_CALLBACKS:
    env.refuse("PLAIN_HTTP_CALLBACKS=true is not for production")
# Keys that seal the secrets of callbacks, as `id:base64 of 32 bytes`: the first one seals, all of them open.
CALLBACK_KEYS = env.keys("CALLBACK_KEYS", "" if not PRODUCTION else None)
# A DNS server `address:port` to ask instead of the system's.
CALLBACK_RESOLVER = env.address("CALLBACK_RESOLVER")
# Names of receivers on this machine, as `name=address`.
CALLBACK_LOCAL_HOSTS = env.pairs("CALLBACK_LOCAL_HOSTS")
if PRODUCTION and CALLBACK_LOCAL_HOSTS:
    env.refuse("CALLBACK_LOCAL_HOSTS is not for production")
# Whom reports may be sent to; empty: anybody.
REPORT_MAIL_DOMAINS: list[str] = [domain.casefold() for domain in env.names("REPORT_MAIL_DOMAINS")]
# Where files of reports are kept; in DATA_DIR when unset.
REPORT_STORE = env.bucket("REPORT_STORE_URL")
if PRODUCTION and REPORT_STORE and REPORT_STORE["endpoint"].startswith("http://"):
    env.refuse("REPORT_STORE_URL: in production its endpoint must begin with https://")
# A file is attached to its mail up to this size; 0: it never leaves the desk but by signing in.
REPORT_ATTACH_MAX_BYTES = env.whole("REPORT_ATTACH_MAX_BYTES", 0 if PRODUCTION else 5_000_000, 0, 25_000_000)
_mail = outgoing.read(is_production=PRODUCTION)
PUBLIC_URL = outgoing.public_url(_mail, is_production=PRODUCTION)
DEFAULT_FROM_EMAIL = outgoing.sender(_mail)
MAIL_IS_FOLDER = _mail.is_folder
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.backend, _mail.host, _mail.port, _mail.user, _mail.password
EMAIL_USE_SSL, EMAIL_USE_TLS, EMAIL_TIMEOUT, ANYMAIL = _mail.tls, _mail.starttls, 20, dict(_mail.anymail)
# Where pages listen for what is new: a path of this desk that leads to the live process, or its address; empty: they ask.
LIVE_URL, LIVE_ORIGIN = env.live("LIVE_URL", "/events/", is_production=PRODUCTION)
NOTIFICATIONS_KEPT_DAYS = env.whole("NOTIFICATIONS_KEPT_DAYS", 90, 1, 3_650)
# Signs the ends of the audit trail's chain that are told to the outside. The database must not know it.
AUDIT_SIGNING_KEY = env.text("AUDIT_SIGNING_KEY", None if PRODUCTION else "")
if PRODUCTION and "PRIVATE KEY-----" not in AUDIT_SIGNING_KEY:
    env.refuse("AUDIT_SIGNING_KEY is not a private key in PEM")
# Public keys, base64, of earlier ones whose heads still count.
AUDIT_VERIFY_KEYS = env.names("AUDIT_VERIFY_KEYS")
AUDIT_HEADS_TO = env.names("AUDIT_HEADS_TO")
# Operations whose changes need a reason.
REASONS_NEEDED_FOR = env.names("REASONS_NEEDED_FOR")
METRICS_TOKEN, METRICS_FOLDER = env.metrics()
# Where spans are sent; the library reads its other variables itself.
TRACES_TO = env.traces()
CALLBACK_ROTATION_HOURS = env.whole("CALLBACK_ROTATION_HOURS", 24, 1, 168)

# A directory in which the fault lab arms points where a process kills itself.
FAULTLAB = env.text("FAULTLAB", "")
if FAULTLAB and DESK_ENV != "test":
    env.refuse("FAULTLAB is for tests")

SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_AGE = SESSION_LIFE_SECONDS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failed"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = ["^livez$", "^readyz$", "^metrics$"]
# One trusted proxy in front: it strips X-Forwarded-* from clients, sets the scheme and appends the client's address.
BEHIND_TLS_PROXY = env.flag("BEHIND_TLS_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS_PROXY else None
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, *filter(None, [LIVE_ORIGIN])],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "report-uri": ["/csp-reports/"],
    }
}
APPEND_SLASH = False

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
MARKET_FILE_MAX_BYTES = 50_000_000
MARKET_FILE_MAX_ROWS = 200_000
# Checked while their sender waits.
RULE_FILE_MAX_BYTES = 2_000_000
RULE_FILE_MAX_ROWS = 2_000
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_TEMP_DIR = str(DATA_DIR / "tmp")
FILE_UPLOAD_PERMISSIONS = 0o600

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
for _folder in (FILE_UPLOAD_TEMP_DIR, STATIC_ROOT):
    Path(_folder).mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [ROOT / "static"]
WHITENOISE_USE_FINDERS = DESK_ENV == "test"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Source maps are large and for nobody here: compressing them took three quarters of a first start.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "br", "woff", "woff2", "map")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DESK_ENV == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

LANGUAGE_CODE = "en"
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True
# Whose days and months count where a question names no zone.
DESK_ZONE = env.zone("DESK_ZONE", "UTC")

LOGGING = logs.CONFIGURATION

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["backoffice.api.auth.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_THROTTLE_CLASSES": ["backoffice.api.throttle.PerClient"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "EXCEPTION_HANDLER": "backoffice.api.problems.as_response",
}
