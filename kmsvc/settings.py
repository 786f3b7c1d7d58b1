"""Settings of the machine, from the environment; each has a safe default. Settings of the centre: `core/options.py`."""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from environs import Env
from marshmallow import ValidationError, validate

WEB_PROCESSES = min(2, os.cpu_count() or 1)


def _setting(env: str, about: str, **more: Any) -> Any:
    return field(metadata={"env": env, "about": about}, **more)


@dataclass(frozen=True)
class Settings:
    """One value per setting; `Settings.from_env()` reads them once at the start."""

    data_dir: Path = _setting("KMSVC_DATA_DIR", "Folder of database, index and files.")
    database_url: str = _setting("KMSVC_DATABASE_URL", "SQLite in the data folder, or `postgresql+psycopg://…`.")
    secret_key: str = _setting(
        "KMSVC_SECRET_KEY", "Signs what a browser keeps for us. Several web processes need the same.", repr=False)
    smtp_url: str | None = _setting(
        "KMSVC_SMTP_URL", "`smtp://[user:pass@]host:port`, with `?starttls=1`, or `smtps://…`.", default=None, repr=False)
    mail_from: str = _setting("KMSVC_MAIL_FROM", "Sender of mail.", default="kmsvc@localhost")
    base_url: str = _setting(
        "KMSVC_BASE_URL", "Address people use: links in mail, and with `https:` a stricter cookie.",
        default="http://127.0.0.1:8000")
    timezone: str = _setting("KMSVC_TIMEZONE", "The centre's time zone: days begin here.", default="Asia/Shanghai")
    language: str = _setting(
        "KMSVC_LANGUAGE", "Language of pages and mail unless a person chose one: `zh_Hans_CN` or `en`.",
        default="zh_Hans_CN")
    trusted_proxy: str | None = _setting(
        "KMSVC_TRUSTED_PROXY", "Address of the proxy in front, or `*` where nobody else reaches the port: whom it names in "
        "X-Forwarded-For counts as the caller.", default=None)
    hooks_private: str = _setting(
        "KMSVC_HOOKS_PRIVATE", "Networks of the centre's own that hooks may call beside the public one, also without https: "
        "`10.0.0.0/8,127.0.0.1/32`.", default="")
    web_processes: int = _setting(
        "KMSVC_WEB_PROCESSES", "How many processes serve pages; each takes about 60 MB and one processor core.",
        default=WEB_PROCESSES)
    demo: bool = False

    @classmethod
    def from_env(cls, *, make: bool = True, **overrides: object) -> Settings:
        """Read the environment. make: create the data folder and the secret key file when they are missing."""
        env = Env()
        data_dir = Path(str(overrides.pop("data_dir", None) or env.str("KMSVC_DATA_DIR", "var/data"))).absolute()
        if make:
            data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        values: dict[str, object] = {
            "data_dir": data_dir,
            "database_url": env.str("KMSVC_DATABASE_URL", "", validate=[_database]) or f"sqlite:///{data_dir / 'kmsvc.db'}",
            "secret_key": env.str("KMSVC_SECRET_KEY", "") or _kept_secret(data_dir / "secret.key", make),
            "smtp_url": env.str("KMSVC_SMTP_URL", "", validate=[_mail_server]) or None,
            "mail_from": env.str("KMSVC_MAIL_FROM", "kmsvc@localhost"),
            "base_url": env.str("KMSVC_BASE_URL", "http://127.0.0.1:8000", validate=[_web_address]).rstrip("/"),
            "timezone": env.str("KMSVC_TIMEZONE", "Asia/Shanghai", validate=[_zone]),
            "language": env.str("KMSVC_LANGUAGE", "zh_Hans_CN", validate=[validate.OneOf(("zh_Hans_CN", "en"))]),
            "trusted_proxy": env.str("KMSVC_TRUSTED_PROXY", "") or None,
            "hooks_private": env.str("KMSVC_HOOKS_PRIVATE", "", validate=[_networks]),
            "web_processes": env.int("KMSVC_WEB_PROCESSES", WEB_PROCESSES, validate=[validate.Range(1, 64)]),
            "demo": (data_dir / "demo.json").exists(),
        }
        return cls(**{**values, **overrides})  # type: ignore[arg-type]

    @property
    def https(self) -> bool:
        """Whether people reach the service over https."""
        return self.base_url.startswith("https:")

    @property
    def host(self) -> str:
        """Host and port of the base address."""
        return urlsplit(self.base_url).netloc

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def index_dir(self) -> Path:
        """Folder of the search index; a cache, never the truth."""
        return self.data_dir / "index"

    @property
    def files_dir(self) -> Path:
        """Folder of attachments, by hash."""
        return self.data_dir / "files"

    @property
    def paused_file(self) -> Path:
        """While it exists, mail and scheduled work rest: a restore made it, `kmsvc restore --resume` removes it."""
        return self.data_dir / "paused"

    @property
    def last_backup_file(self) -> Path:
        """Where and when the last verified backup was made."""
        return self.data_dir / "last-backup.json"

    @property
    def anchors_file(self) -> Path:
        """Where heads of the audit chain are written outside the database."""
        return self.data_dir / "audit-anchors.log"


def _mail_server(url: str) -> None:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
        raise ValidationError("must look like smtp://[user:pass@]host:port or smtps://…")


def _networks(text: str) -> None:
    try:
        for one in filter(None, (part.strip() for part in text.split(","))):
            ip_network(one)
    except ValueError as error:
        raise ValidationError("must name networks, such as 10.0.0.0/8,127.0.0.1/32") from error


def _web_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValidationError("must look like https://kmsvc.example.org")


def _database(url: str) -> None:
    kind = url.partition(":")[0]
    if url and (kind not in ("sqlite", "postgresql+psycopg") or not url.startswith(f"{kind}://") or len(url) == len(kind) + 3):
        raise ValidationError("must look like postgresql+psycopg://user:pass@host/database or sqlite:////folder/kmsvc.db")


def _zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError("is no time zone; one is called for example Asia/Shanghai") from error


def _kept_secret(path: Path, make: bool) -> str:
    if path.exists():
        return path.read_text().strip()
    secret = secrets.token_urlsafe(48)
    if make:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
        with os.fdopen(handle, "w") as out:
            out.write(secret + "\n")
    return secret
