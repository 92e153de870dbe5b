"""Django's settings. The environment is read here and nowhere else in the web process.

Two modes. ``local`` (the default): one person, this machine only, no log-in. ``team``: accounts, invitations, quotas,
labels; refuses to start without a secret key and the hosts it serves.
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from projects.rules.moderation import read_rules
from webapp.databases import database_of
from webapp.environment import Environment

ENVIRONMENT = Environment(values=os.environ)
ROOT = Path(__file__).resolve().parent.parent

MODE = ENVIRONMENT.choice("SCENELOOM_MODE", "local", ("local", "team"))
TEAM_MODE = MODE == "team"
# Everything that must survive: database, artifacts, secrets.
DATA_FOLDER = Path(ENVIRONMENT.text("SCENELOOM_DATA", str(ROOT / "data"))).resolve()
DEBUG = ENVIRONMENT.flag("SCENELOOM_DEBUG")

SECRET_KEY = ENVIRONMENT.text("SCENELOOM_SECRET_KEY")
if not SECRET_KEY:
    if TEAM_MODE:
        raise ImproperlyConfigured(
            "SCENELOOM_SECRET_KEY must be set in team mode; make one: "
            "python -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    # The supervisor keeps one per data folder; a bare management command signs nothing that outlives it.
    SECRET_KEY = "only-for-commands-that-serve-nobody-on-this-machine-alone"  # noqa: S105 - never used by a server

_LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = ENVIRONMENT.words("SCENELOOM_HOSTS") or ([] if TEAM_MODE else _LOOPBACK)
if TEAM_MODE and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("SCENELOOM_HOSTS must name the hosts served in team mode, e.g. studio.example.org")
# Whole origins that may send forms and open sockets besides the host itself.
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.words("SCENELOOM_ORIGINS")
BEHIND_TLS = ENVIRONMENT.flag("SCENELOOM_TLS", default=TEAM_MODE)
TRUST_PROXY = ENVIRONMENT.flag("SCENELOOM_TRUST_PROXY")
# The proxy sends files itself when Django names them.
MEDIA_BY_PROXY = ENVIRONMENT.flag("SCENELOOM_X_ACCEL")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "projects",
    "webapp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "webapp.local_user.LocalUserMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "webapp.security_headers.SecurityHeadersMiddleware",
    "projects.api.throttling.RateLimitMiddleware",
]
ROOT_URLCONF = "webapp.urls"
ASGI_APPLICATION = "webapp.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": database_of(ENVIRONMENT.text("DATABASE_URL"), data_folder=DATA_FOLDER)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "projects.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# What the demo project starts from.
DEMO_PICTURE = ROOT / "docs" / "samples" / "coffee.jpg"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_FOLDER / "static"
# The built frontend; Vite has put hashes into the names.
FRONTEND_FOLDER = Path(ENVIRONMENT.text("SCENELOOM_FRONTEND", str(ROOT / "frontend" / "dist")))
STATICFILES_DIRS = [FRONTEND_FOLDER] if FRONTEND_FOLDER.is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Requests answered at the same time; more wait in order. What waits for others (an enhancer, a lock) holds one.
WEB_THREADS = ENVIRONMENT.number("SCENELOOM_WEB_THREADS", 8, low=1, high=64)
# Requests that wait for one of these; more are told at once to come again.
WEB_WAITING = ENVIRONMENT.number("SCENELOOM_WEB_WAITING", 100, low=1, high=100_000)

# Redis: the broker and the channel layer. Nothing that must survive lives there.
REDIS_URL = ENVIRONMENT.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CHANNEL_LAYERS = {
    "default": {"BACKEND": "webapp.channel_layer.StudioChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}},
}

# Who shows it may read metrics; none: whoever sits at this machine.
METRICS_TOKEN = ENVIRONMENT.text("SCENELOOM_METRICS_TOKEN")

# Artifacts: a bucket, or a folder, which every process of the studio shares.
ARTIFACTS_ADDRESS = ENVIRONMENT.text("SCENELOOM_ARTIFACTS")
S3_ENDPOINT = ENVIRONMENT.text("SCENELOOM_S3_ENDPOINT")
S3_PUBLIC_ENDPOINT = ENVIRONMENT.text("SCENELOOM_S3_PUBLIC_ENDPOINT")
ARTIFACTS_FOLDER = DATA_FOLDER / "artifacts"
# Who signs what leaves the studio; none: a certificate of its own, made at the first start.
CERTIFICATE_FILE = ENVIRONMENT.text("SCENELOOM_CERTIFICATE_FILE")
CERTIFICATE_KEY_FILE = ENVIRONMENT.text("SCENELOOM_CERTIFICATE_KEY_FILE")
if bool(CERTIFICATE_FILE) != bool(CERTIFICATE_KEY_FILE):
    raise ImproperlyConfigured("SCENELOOM_CERTIFICATE_FILE and SCENELOOM_CERTIFICATE_KEY_FILE must be set together")
# Draw a label that people see over the first two seconds of what leaves the studio.
VISIBLE_LABEL = ENVIRONMENT.flag("SCENELOOM_VISIBLE_LABEL", default=TEAM_MODE)
# No new takes with less free disk than this.
LEAST_FREE_BYTES = ENVIRONMENT.number("SCENELOOM_LEAST_FREE_MB", 2048, low=0, high=10**9) * 2**20

# What is made: the model that takes are queued for.
PRESET = ENVIRONMENT.text("SCENELOOM_PRESET", "starter")
DAILY_SECONDS = ENVIRONMENT.number("SCENELOOM_DAILY_SECONDS", 3600 if not TEAM_MODE else 300, low=1, high=10**7)
MAX_WAITING_TAKES = ENVIRONMENT.number("SCENELOOM_MAX_WAITING", 40, low=1, high=10_000)
RUNNING_TAKES_PER_PERSON = ENVIRONMENT.number("SCENELOOM_MAX_RUNNING", 4, low=1, high=1000)
# Words that nobody may ask for, as rules: a name and what it matches, one per line of a file.
MODERATION_RULES = read_rules(ENVIRONMENT.text("SCENELOOM_MODERATION_FILE"))
STORAGE_BYTES_PER_PERSON = ENVIRONMENT.number("SCENELOOM_STORAGE_MB", 20_480, low=1, high=10**9) * 2**20
# An OpenAI-compatible endpoint that improves prompts; empty: rules, offline.
ENHANCER_URL = ENVIRONMENT.text("SCENELOOM_ENHANCER_URL")
ENHANCER_KEY = ENVIRONMENT.text("SCENELOOM_ENHANCER_KEY")
ENHANCER_MODEL = ENVIRONMENT.text("SCENELOOM_ENHANCER_MODEL", "gpt-4o-mini")
ENHANCER_SEES = ENVIRONMENT.flag("SCENELOOM_ENHANCER_SEES", default=True)

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "projects.api.authentication.TokenAuthentication",
        "projects.api.authentication.PageAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["projects.api.rendering.FastJsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["projects.api.parsing.WellFormedJson"],
    "DEFAULT_PAGINATION_CLASS": "projects.api.paging.CursorPaging",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["projects.api.throttling.PersonThrottle"],
    "DEFAULT_THROTTLE_RATES": {"person": "6000/min", "log_in": "10/min", "enhance": "60/min"},
    "EXCEPTION_HANDLER": "projects.api.problems.problem_response",
    # Whose address counts: without a trusted proxy, nobody's word for it.
    "NUM_PROXIES": 1 if TRUST_PROXY else 0,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sceneloom",
    "DESCRIPTION": "Films that grow from a picture, shot by shot.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Roles that somebody has, and those that can be given: two enums, so two names.
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "projects.models.project.Role",
        # In takes and in rows of the line.
        "TakeStatusEnum": "projects.models.take.TakeStatus",
        "GivenRoleEnum": [("editor", "editor"), ("viewer", "viewer")],
    },
}

# Uploads arrive in parts of 5 MB; larger bodies are refused before they are read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 2**20

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "projects.api.problems.csrf_problem"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = BEHIND_TLS
# Asked from inside, past the proxy, by whoever watches the processes.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
USE_X_FORWARDED_HOST = TRUST_PROXY
X_FRAME_OPTIONS = "DENY"

LOG_FORMAT = ENVIRONMENT.choice("SCENELOOM_LOG_FORMAT", "line", ("line", "json"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s"},
        "json": {"()": "webapp.log_format.JsonFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}, "uvicorn.access": {"level": "WARNING"}},
}
