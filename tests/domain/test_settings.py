"""A setting that is missing, unknown or unsafe stops the start with one line that names it."""

import subprocess
import sys
from pathlib import Path

import pytest

from backoffice.settings import ROOT

GOOD = {
    "DESK_ENV": "production",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "desk.example.com",
    "CSRF_TRUSTED_ORIGINS": "https://desk.example.com",
    "DATABASE_URL": "postgresql://desk:secret-of-the-database@db:5432/backoffice",
    "REDIS_URL": "redis://broker:6379/0",
    "JWT_SIGNING_KEY": "-----BEGIN PRIVATE KEY-----\nnot looked into yet\n-----END PRIVATE KEY-----",
    "AUDIT_SIGNING_KEY": "-----BEGIN PRIVATE KEY-----\nnot looked into yet\n-----END PRIVATE KEY-----",
    "CALLBACK_KEYS": "k1:c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I=",
    "FACTOR_KEYS": "k1:ZmFjdG9yLWZhY3Rvci1mYWN0b3ItZmFjdG9yLWZhY3Q=",
}
ISSUER = '[{"issuer": "idp", "audience": "back-api", "jwksUrl": "%s", "operations": %s}]'


def start(directory: Path, **environment: str | None) -> subprocess.CompletedProcess[str]:
    asked = {name: value for name, value in (GOOD | {"DATA_DIR": str(directory)} | environment).items() if value is not None}
    return subprocess.run([sys.executable, "-c", "import backoffice.settings"], env=asked, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_a_production_that_has_everything_starts(tmp_path: Path) -> None:
    started = start(tmp_path, JWT_ISSUERS=ISSUER % ("https://idp.example.com/jwks", '["view-common"]'))
    assert (started.returncode, started.stderr) == (0, "")


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "JWT_SIGNING_KEY", "AUDIT_SIGNING_KEY", "CALLBACK_KEYS", "FACTOR_KEYS"]
)
def test_what_is_missing_is_named(tmp_path: Path, name: str) -> None:
    refused(start(tmp_path, **{name: None}), name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DESK_ENV", "prod"),
        ("DEBUG", "true"),
        ("DEBUG", "1"),
        ("SECRET_KEY", "k" * 49),
        ("SECRET_KEY", "k" * 50),
        ("SECRET_KEY_FALLBACKS", "short"),
        ("SECRET_KEY_FILE", "/nowhere"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "desk.example.com,.example.com"),
        ("CSRF_TRUSTED_ORIGINS", "http://desk.example.com"),
        ("CSRF_TRUSTED_ORIGINS", "https://*.example.com"),
        ("DATABASE_URL", "mysql://db/backoffice"),
        ("DATABASE_URL", "postgresql://db:port/backoffice"),
        ("DATABASE_URL", "postgresql://db"),
        ("DB_POOL", "-1"),
        ("STATEMENT_TIMEOUT_MS", "5s"),
        ("REDIS_URL", "memory://"),
        ("MAIL_URL", "folder"),
        ("MAIL_URL", "mail.example.com"),
        ("MAIL_URL", "smtp://user:secret@"),
        ("MAIL_URL", "smtp://user:secret@mail.example.com:port"),
        ("MAIL_URL", "smtp://user:secret@mail.example.com?tls=off"),
        ("MAIL_URL", "smtps://mail.example.com?tls=off"),
        ("MAIL_URL", "mailgun://secret@"),
        ("MAIL_URL", "pigeon://secret@"),
        ("REPORT_ATTACH_MAX_BYTES", "1MB"),
        ("REPORT_STORE_URL", "https://storage.example.com/bucket"),
        ("REPORT_STORE_URL", "s3://bucket?secret=1"),
        ("BACK_API", "elsewhere"),
        ("JWT_SIGNING_KEY", "secret"),
        ("JWT_LIFE_SECONDS", "86400"),
        ("JWT_ISSUERS", "{"),
        ("JWT_ISSUERS", '[{"issuer": "idp"}]'),
        ("JWT_ISSUERS", ISSUER % ("https://idp.example.com/jwks", '"view-common"')),
        ("JWT_ISSUERS", ISSUER % ("http://idp.example.com/jwks", "[]")),
        ("PLAIN_HTTP_CALLBACKS", "true"),
        ("CALLBACK_KEYS", ""),
        ("FACTOR_KEYS", "k1:c2hvcnQ="),
        ("SECOND_FACTOR", "never"),
        ("SESSION_IDLE_SECONDS", "0"),
        ("OIDC_ISSUER", "http://idp.example.com"),
        ("PASSWORD_SIGN_IN", "false"),
        ("CALLBACK_KEYS", "k1:c2hvcnQ="),
        ("CALLBACK_RESOLVER", "dns.example.com"),
        ("CALLBACK_RESOLVER", "127.0.0.1:x"),
        ("CALLBACK_LOCAL_HOSTS", "receiver.demo.test"),
        ("CALLBACK_LOCAL_HOSTS", "receiver.demo.test=127.0.0.1"),
        ("CALLBACK_ROTATION_HOURS", "0"),
        ("CALLBACK_ROTATION_HOURS", "169"),
        ("BEHIND_TLS_PROXY", "yes"),
    ],
)
def test_what_is_wrong_or_unsafe_is_named(tmp_path: Path, name: str, value: str) -> None:
    refused(start(tmp_path, **{name: value}), name)


def test_a_secret_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_bytes(b"\xff\xfe")
    refused(start(tmp_path, SECRET_KEY_FILE=str(secret)), "SECRET_KEY_FILE")


def refused(started: subprocess.CompletedProcess[str], name: str) -> None:
    assert (started.returncode, started.stdout) == (1, "")
    assert started.stderr.startswith("settings: ")
    assert started.stderr.count("\n") == 1
    assert name in started.stderr
    assert "secret-of-the-database" not in started.stderr


MAIL = {"MAIL_URL": "smtp://user:secret%40mail@mail.example.com", "MAIL_FROM": "Desk <desk@example.com>", "PUBLIC_URL": "https://desk.example.com"}
STORE = {"REPORT_STORE_URL": "s3://files/desk?region=eu-central-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret-of-the-store"}


@pytest.mark.parametrize(
    "url", [MAIL["MAIL_URL"], "smtps://mail.example.com", "postmark://token@", "mailgun://key@mg.example.com", "mailjet://key:secret@", "none"]
)
def test_mail_and_a_bucket_that_are_whole_start(tmp_path: Path, url: str) -> None:
    started = start(tmp_path, **MAIL | STORE | {"MAIL_URL": url})
    assert (started.returncode, started.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_FROM", None),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "Desk <desk@example.com>\nBcc: all@example.com"),
        ("PUBLIC_URL", None),
        ("PUBLIC_URL", "http://desk.example.com"),
        ("PUBLIC_URL", "https://"),
        ("AWS_SECRET_ACCESS_KEY", None),
        ("REPORT_STORE_URL", "s3://files?endpoint=http://storage.example.com"),
    ],
)
def test_mail_or_a_bucket_that_lacks_something_does_not(tmp_path: Path, name: str, value: str | None) -> None:
    refused(start(tmp_path, **MAIL | STORE | {name: value}), name)
