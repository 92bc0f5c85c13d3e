"""Every setting of Một Cửa, in one file. `motcua settings` lists those that the environment may change."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from motcua.config import env
from motcua.foundation.postgres import embedded_url

ROOT = Path(__file__).resolve().parent.parent.parent
try:
    VAR = env.folder("MOTCUA_VAR", default=ROOT / "var", help="Folder of what the program keeps: files, database.")
    DEBUG = env.flag("MOTCUA_DEBUG", default=False, help="Show tracebacks. Never in production.")
    DEMO = env.flag(
        "MOTCUA_DEMO", default=False, help="A province for trying out: demo accounts and sandboxes are shown."
    )
    BASE_URL = env.url(
        "MOTCUA_BASE_URL", default="http://127.0.0.1:8000", help="The public address, used in mails and QR codes."
    ).rstrip("/")
    SECRET_KEY = env.text(
        "MOTCUA_SECRET_KEY", default="", help="Signs sessions and links; 50 random characters.", secret=True
    )
    ALLOWED_HOSTS = env.names(
        "MOTCUA_ALLOWED_HOSTS",
        default=["127.0.0.1", "localhost", "[::1]"],
        help="Host names that this server answers to.",
    )
    DATABASE_URL = env.url(
        "DATABASE_URL",
        default="",
        help="postgresql://user:password@host:port/name. Empty: the embedded PostgreSQL, for trying out.",
        secret=True,
    )
    POSTGRES_BINARIES = env.text(
        "POSTGRES_BINARIES",
        default="",
        help="Folder of the programs of a PostgreSQL 15 or later, for the embedded server. Empty: those it brings.",
    )
    DATABASE_CONNECTION_SECONDS = env.integer(
        "DATABASE_CONNECTION_SECONDS", default=600, help="How long a web thread keeps its database connection."
    )
    PREPARED_STATEMENTS = env.flag(
        "DATABASE_PREPARED_STATEMENTS",
        default=True,
        help="Let each connection keep its statements prepared. Off behind PgBouncer older than 1.21.",
    )
    EMAIL_HOST = env.text("EMAIL_HOST", default="127.0.0.1", help="SMTP server.")
    EMAIL_PORT = env.integer("EMAIL_PORT", default=8025, help="SMTP port.", minimum=1, maximum=65535)
    EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", default="", help="SMTP user, when the server asks for one.")
    EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", default="", help="SMTP password.", secret=True)
    EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False, help="Use STARTTLS with the SMTP server.")
    EMAIL_TIMEOUT = env.integer(
        "EMAIL_TIMEOUT",
        default=20,
        minimum=1,
        help="Seconds after which a silent SMTP server is given up until the next try.",
    )
    DEFAULT_FROM_EMAIL = env.text(
        "DEFAULT_FROM_EMAIL",
        default="Cổng Dịch vụ công <khongtraloi@motcua.example>",
        help="Sender of every mail.",
    )
    UPLOAD_LIMIT_MB = env.integer("UPLOAD_LIMIT_MB", default=200, help="Largest uploaded file, in MB.", minimum=1)
    DOSSIER_LIMIT_MB = env.integer(
        "DOSSIER_LIMIT_MB", default=1000, help="Largest size of all files of one dossier, in MB.", minimum=1
    )
    FILINGS_PER_HOUR = env.integer(
        "FILINGS_PER_HOUR", default=60, minimum=1, help="How many dossiers one account may file within an hour."
    )
    REMIND_OF_RESULT_DAYS = env.integer(
        "REMIND_OF_RESULT_DAYS",
        default=10,
        minimum=1,
        help="Calendar days after which who has not fetched a result at the counter is written to, at most three times.",
    )
    PAYMENT_GATEWAY = env.text("PAYMENT_GATEWAY", default="vnpay", help="The gateway that citizens pay through.")
    VNPAY_TMN_CODE = env.text("VNPAY_TMN_CODE", default="DEMOTMN1", help="VNPAY: code of the merchant terminal.")
    VNPAY_HASH_SECRET = env.text(
        "VNPAY_HASH_SECRET", default="", help="VNPAY: key of the signatures.", secret=True
    )
    VNPAY_PAY_URL = env.url(
        "VNPAY_PAY_URL", default="http://127.0.0.1:8027/paymentv2/vpcpay.html", help="VNPAY: payment page."
    )
    VNPAY_API_URL = env.url(
        "VNPAY_API_URL",
        default="http://127.0.0.1:8027/merchant_webapi/api/transaction",
        help="VNPAY: address of the query interface.",
    )
    PAYMENT_LINK_LIFETIME_MINUTES = env.integer(
        "PAYMENT_LINK_LIFETIME_MINUTES",
        default=30,
        minimum=5,
        maximum=60,
        help="Minutes after which an unused payment link expires; gateways allow 15 to 60.",
    )
    RECEIPT_FORM_SYMBOL = env.text(
        "RECEIPT_FORM_SYMBOL", default="01BLP0-001", help="Form symbol printed on electronic receipts; not verified."
    )
    RECEIPT_SERIES = env.text(
        "RECEIPT_SERIES", default="MC", help="Letters that begin a receipt's series, such as MC-26E; not verified."
    )
    SIGNATURE_ROOTS = env.text(
        "SIGNATURE_ROOTS",
        default="",
        help="Folder of the certificates (.crt, .pem, .cer) of those authorities whose signatures are trusted.",
    )
    PKCS11_MODULE = env.text(
        "PKCS11_MODULE", default="", help="Library (.so) of the token or security module that signs; empty: none."
    )
    SIGNER_URL = env.url("SIGNER_URL", default="", help="Address of the remote signing service; empty: none.")
    SIGNER_SECRET = env.text("SIGNER_SECRET", default="", help="Key of the remote signing service.", secret=True)
    LOGINS_PER_MINUTE = env.integer(
        "LOGINS_PER_MINUTE", default=60, minimum=1, help="How often one network address may try to log in."
    )
    TRUSTED_PROXIES = env.integer(
        "TRUSTED_PROXIES",
        default=0,
        maximum=9,
        help="How many proxies of your own stand before this server, add to X-Forwarded-For and set X-Forwarded-Proto.",
    )
    SESSION_HOURS = env.integer("SESSION_HOURS", default=8, minimum=1, help="Hours until a login expires.")
    MAILBOX_URL = env.url("MOTCUA_MAILBOX_URL", default="", help="Address of the demonstration's mailbox page.")
except env.BadSetting as mistake:
    raise ImproperlyConfigured(str(mistake)) from None

if not SECRET_KEY:
    if not (DEMO or DEBUG) and DATABASE_URL:
        raise ImproperlyConfigured(
            "MOTCUA_SECRET_KEY is empty. Set 50 random characters, the same on every server of the installation."
        )
    SECRET_KEY = "for-trying-out-only-never-in-production-0123456789"  # noqa: S105
if not VNPAY_HASH_SECRET and (DEMO or DEBUG or not DATABASE_URL):
    VNPAY_HASH_SECRET = "SANDBOXSECRET"  # noqa: S105
if DEMO and not SIGNATURE_ROOTS:
    SIGNATURE_ROOTS = str(VAR / "chung-thu-dung-thu")  # the authority that vouches for the demonstration's people
if not SIGNER_SECRET and (DEMO or DEBUG or not DATABASE_URL):
    SIGNER_SECRET = "SANDBOXSECRET"  # noqa: S105

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "captcha",
    "motcua.foundation",
    "motcua.agencies",
    "motcua.accounts",
    "motcua.procedures",
    "motcua.payments",
    "motcua.papers",
    "motcua.dossiers",
    "motcua.messaging",
    "motcua.content",
    "motcua.adapters",
    "motcua.ui",
    "motcua.portal",
    "motcua.desk",
    "motcua.console",
    "motcua.demo",
]

MIDDLEWARE = [
    "motcua.foundation.middleware.refuse_nul",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "motcua.ui.language.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "motcua.portal.filing.stash.KeepPosts",
    "motcua.accounts.middleware.ActorMiddleware",
    "motcua.portal.visits.CountVisits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "motcua.foundation.middleware.content_security_policy",
]
ROOT_URLCONF = "motcua.config.urls"
WSGI_APPLICATION = "motcua.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [],
        "APP_DIRS": True,  # <app>/jinja2/
        "OPTIONS": {
            "environment": "motcua.ui.jinja.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "motcua.ui.context.page",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",  # only what libraries bring along
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

_database = urlsplit(DATABASE_URL or embedded_url(VAR / "postgres"))
_query = dict(part.split("=", 1) for part in _database.query.split("&") if part)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path.lstrip("/"),
        "USER": unquote(_database.username or ""),
        "PASSWORD": unquote(_database.password or ""),
        "HOST": unquote(_query.pop("host", "") or _database.hostname or ""),
        "PORT": str(_database.port or ""),
        "CONN_MAX_AGE": DATABASE_CONNECTION_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **{key: unquote(value) for key, value in _query.items()},
            # Half the work of the database server: what is asked again and again is planned once.
            **({"server_side_binding": True, "prepare_threshold": 5} if PREPARED_STATEMENTS else {}),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["motcua.accounts.sessions.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "email", "full_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = ["motcua.accounts.passwords.Argon2"]
PASSWORD_RESET_TIMEOUT = 3600  # seconds; the mail says so
LOGIN_URL = "/tai-khoan/dang-nhap/"
LOGIN_REDIRECT_URL = "/tai-khoan/vao/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "motcua.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 900  # seconds; the mail says so
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": False}
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of a changed password
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}  # motcua.accounts.limits, in fewer statements
ACCOUNT_FORMS = {
    "login": "motcua.portal.account.forms.Login",
    "signup": "motcua.portal.account.forms.CitizenSignup",
    "confirm_email_verification_code": "motcua.portal.account.forms.ConfirmCode",
    "change_email": "motcua.portal.account.forms.ChangeEmail",
    "reset_password": "motcua.portal.account.forms.ResetPassword",
    "reset_password_from_key": "motcua.portal.account.forms.NewPassword",
    "change_password": "motcua.portal.account.forms.ChangePassword",
    "set_password": "motcua.portal.account.forms.SetPassword",
    "reauthenticate": "motcua.portal.account.forms.Reauthenticate",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = BASE_URL.split("://")[0]

SESSION_ENGINE = "motcua.accounts.sessions"
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "motcua.ui.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE_HSTS_SECONDS = 31_536_000 if BASE_URL.startswith("https://") else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None  # else anybody may say so
X_FRAME_OPTIONS = "SAMEORIGIN"  # a paper is previewed in a frame beside the form
_gateway = urlsplit(VNPAY_PAY_URL)  # a form's answer may lead to the bank's page, and nowhere else
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    f"frame-ancestors 'self'; form-action 'self' {_gateway.scheme}://{_gateway.netloc}"
)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},  # 300 unless told: then counters of tries would be thrown out
    },
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [ROOT / "motcua" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / "files", "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a form's table of 500 rows and 30 columns is one post
FILE_UPLOAD_TEMP_DIR = None

CAPTCHA_LENGTH = 5
CAPTCHA_CHALLENGE_FUNCT = "motcua.portal.confirmation.digits"
CAPTCHA_NOISE_FUNCTIONS = ("captcha.helpers.noise_arcs", "captcha.helpers.noise_dots")
CAPTCHA_FONT_SIZE = 32
CAPTCHA_TIMEOUT = 10  # minutes

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO" if not DEBUG else "DEBUG"},
    "loggers": {"procrastinate": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
}
