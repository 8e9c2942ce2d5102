"""Settings. Everything a city changes comes from the environment; see ``docs/operating.md``.

KECHUANG_HOME      folder for database, files, index, mail (default ``var/`` beside ``start.py``)
KECHUANG_PACK      folder of the city pack (default ``cities/chenzhou``)
KECHUANG_DEMO      1 = demo city: personas on the log-in page, generated enterprises
KECHUANG_HTTPS     1 = behind HTTPS: secure cookies, HSTS
KECHUANG_OIDC_ISSUER  address of the city's identity provider (OpenID Connect); none by default. With it KECHUANG_OIDC_CLIENT_ID,
                   KECHUANG_OIDC_CLIENT_SECRET, KECHUANG_OIDC_NAME, KECHUANG_OIDC_SCOPES, KECHUANG_OIDC_MFA_ACR, _MFA_AMR
KECHUANG_IDLE_MINUTES  after how many minutes without a click staff is logged out (default 15)
KECHUANG_HOSTS     names the site answers to, separated by commas
KECHUANG_SECRET_KEY  else a random key is kept in KECHUANG_HOME
DATABASE_URL       e.g. postgres://user:password@host/name (default SQLite in KECHUANG_HOME)
KECHUANG_BACKUP_DIR  folder of the nightly backups (default none), KECHUANG_BACKUP_KEEP how many stay (14),
                   KECHUANG_BACKUP_AT when (01:30), KECHUANG_BACKUP_PASSPHRASE encrypts them
EMAIL_URL          e.g. smtp+tls://user:password@host:587 (default: files in KECHUANG_HOME/mail)
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

env = environ.Env()
ROOT = Path(__file__).resolve().parents[3]
HOME = Path(env.str("KECHUANG_HOME", default=str(ROOT / "var")))
HOME.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """The key from the environment, else one made once and kept readable by its owner only."""
    if key := env.str("KECHUANG_SECRET_KEY", default=""):
        return key
    path = HOME / "secret_key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(64))
    return path.read_text().strip()


SECRET_KEY = _secret_key()
DEBUG = env.bool("KECHUANG_DEBUG", default=False)
DEMO = env.bool("KECHUANG_DEMO", default=False)
HTTPS = env.bool("KECHUANG_HTTPS", default=False)
PACK_DIR = Path(env.str("KECHUANG_PACK", default=str(ROOT / "cities" / "chenzhou")))
FILES_DIR = HOME / "files"
INBOX_DIR = HOME / "inbox"
BACKUP_DIR = env.str("KECHUANG_BACKUP_DIR", default="")
BACKUP_KEEP = env.int("KECHUANG_BACKUP_KEEP", default=14)
BACKUP_AT = env.str("KECHUANG_BACKUP_AT", default="01:30")
BACKUP_PASSPHRASE = env.str("KECHUANG_BACKUP_PASSPHRASE", default="")
INDEX_DIR = HOME / "index"
ALLOWED_HOSTS = env.list("KECHUANG_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if HTTPS and host != "*"]

INSTALLED_APPS = [
    "kechuang.web.core",
    "kechuang.web.audit",
    "kechuang.web.accounts",
    "kechuang.web.policy",
    "kechuang.web.library",
    "kechuang.web.registry",
    "kechuang.web.intake",
    "kechuang.web.entitlements",
    "kechuang.web.laboratory",
    "kechuang.web.monitoring",
    "kechuang.web.selfservice",
    "kechuang.web.operations",
    "kechuang.web.portal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "rules.apps.AutodiscoverRulesConfig",
    "csp",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "kechuang.web.core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "kechuang.web.core.middleware.UploadLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "kechuang.web.accounts.middleware.ActingFor",
    "kechuang.web.audit.middleware.RefusedAttempts",
    "kechuang.web.core.middleware.UserErrorMiddleware",
    "kechuang.web.accounts.middleware.StaffGuard",
    "kechuang.web.accounts.middleware.ExpiredLogin",
    "kechuang.web.core.middleware.OnceMiddleware",
]
# Log-ins answer with a cookie; deliveries of other departments keep their keys for ever.
ONCE_EXEMPT = ("account_", "mfa_", "usersessions_", "accounts:become", "api:receive")

ROOT_URLCONF = "kechuang.web.urls"
WSGI_APPLICATION = "kechuang.web.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kechuang.web.core.context.page",
            ],
            "builtins": ["kechuang.web.core.templatetags.kc"],
        },
    },
]

# SQLite: WAL so that readers never wait, IMMEDIATE so that two writers queue instead of failing half-way,
# FULL so that an acknowledged write survives a power cut.
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{HOME / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "kechuang.web.core.sqlite"
    # Named outright: test runners take it for granted of Django's own engine only.
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; "
            # A commit moves the log into the file at 4,000 pages only; jobs that write much move it in their gaps (core/pace.py).
            "PRAGMA wal_autocheckpoint=4000; "
            "PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=27103364; PRAGMA cache_size=-20000"
        ),
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# A web thread keeps its connection: opening SQLite anew with its pragmas costs more than most pages ask of it.
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["ATOMIC_REQUESTS"] = False

# allauth counts its own limits (log-in, reset, second factor) in the cache: in the database, for all web processes.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "kc_lang"
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

EMAIL_CONFIG = env.email("EMAIL_URL", default=f"filemail:///{HOME / 'mail'}")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_FILE_PATH = HOME / "mail"
if "smtp" in EMAIL_BACKEND:
    EMAIL_HOST = EMAIL_CONFIG["EMAIL_HOST"]
    EMAIL_PORT = EMAIL_CONFIG["EMAIL_PORT"]
    EMAIL_HOST_USER = EMAIL_CONFIG["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = EMAIL_CONFIG["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
DEFAULT_FROM_EMAIL = env.str("KECHUANG_MAIL_FROM", default="kechuang@localhost")

# ---- security ---------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # load balancers ask inside, without TLS
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
MAX_UPLOAD_BYTES = 20 * 1024 * 1024

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
CSRF_FAILURE_VIEW = "kechuang.web.core.pages.csrf_failure"

# Log-in: accounts are made by an administrator; a staff role needs a second factor and ends after a quiet quarter hour.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:home"
STAFF_IDLE_SECONDS = 60 * max(1, env.int("KECHUANG_IDLE_MINUTES", default=15))
# The city's identity provider; see ``accounts/oidc`` and ``docs/operating.md``.
OIDC = {
    "issuer": env.str("KECHUANG_OIDC_ISSUER", default=""),
    "client_id": env.str("KECHUANG_OIDC_CLIENT_ID", default=""),
    "client_secret": env.str("KECHUANG_OIDC_CLIENT_SECRET", default=""),
    "name": env.str("KECHUANG_OIDC_NAME", default=""),
    "scopes": tuple(env.list("KECHUANG_OIDC_SCOPES", default=["profile"])),
    "mfa_acr": frozenset(env.list("KECHUANG_OIDC_MFA_ACR", default=[])),
    "mfa_amr": frozenset(env.list("KECHUANG_OIDC_MFA_AMR", default=[])),
}
ACCOUNT_ADAPTER = "kechuang.web.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,20/5m/key"}  # behind axes, which locks after 5 for all processes
ACCOUNT_FORMS = {
    "login": "kechuang.web.accounts.forms.LoginForm",
    "change_password": "kechuang.web.accounts.forms.ChangePasswordForm",
    "set_password": "kechuang.web.accounts.forms.SetPasswordForm",
    "reset_password": "kechuang.web.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "kechuang.web.accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "kechuang.web.accounts.forms.ReauthenticateForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if HTTPS else 0
MFA_ADAPTER = "kechuang.web.accounts.adapter.MFAAdapter"
MFA_TOTP_ISSUER = "Kechuang"
MFA_TOTP_TOLERANCE = 1  # one step of 30 s each way, for telephones whose clock is a little off
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "kechuang.web.accounts.forms.AuthenticateForm",
    "reauthenticate": "kechuang.web.accounts.forms.MFAReauthenticateForm",
    "activate_totp": "kechuang.web.accounts.forms.ActivateTOTPForm",
    "deactivate_totp": "kechuang.web.accounts.forms.DeactivateTOTPForm",
    "generate_recovery_codes": "kechuang.web.accounts.forms.GenerateRecoveryCodesForm",
}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_CALLABLE = "kechuang.web.accounts.lockout.attempt_name"
AXES_LOCKOUT_CALLABLE = "kechuang.web.accounts.lockout.page"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # locking by address as well would lock a whole office behind one address

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": env.str("KECHUANG_LOG", default="WARNING")},
}
