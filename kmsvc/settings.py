"""Settings of the machine, from the environment; each has a safe default. Settings of the centre: `core/options.py`."""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from environs import Env


@dataclass(frozen=True)
class Settings:
    """One value per setting; `Settings.from_env()` reads them once at the start."""

    data_dir: Path = field(metadata={"env": "KMSVC_DATA_DIR", "about": "Folder of database, index and files."})
    database_url: str = field(metadata={"env": "KMSVC_DATABASE_URL", "about": "SQLite in the data folder, or postgresql+psycopg://…"})
    secret_key: str = field(repr=False, metadata={"env": "KMSVC_SECRET_KEY", "about": "Signs one-time form tokens; made at first start, file mode 0600."})
    smtp_url: str | None = field(default=None, repr=False, metadata={"env": "KMSVC_SMTP_URL", "about": "smtp://[user:pass@]host:port, ?starttls=1, or smtps://…; unset: mail stays in the outbox."})
    mail_from: str = field(default="kmsvc@localhost", metadata={"env": "KMSVC_MAIL_FROM", "about": "Sender of mail."})
    base_url: str = field(default="http://127.0.0.1:8000", metadata={"env": "KMSVC_BASE_URL", "about": "Address people use; links in mail and the cookie's strictness come from it."})
    timezone: str = field(default="Asia/Shanghai", metadata={"env": "KMSVC_TIMEZONE", "about": "The centre's time zone: days begin here."})
    language: str = field(default="zh_Hans_CN", metadata={"env": "KMSVC_LANGUAGE", "about": "Language of pages and mail unless a person chose one: zh_Hans_CN or en."})
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
            "database_url": env.str("KMSVC_DATABASE_URL", "") or f"sqlite:///{data_dir / 'kmsvc.db'}",
            "secret_key": env.str("KMSVC_SECRET_KEY", "") or _kept_secret(data_dir / "secret.key", make),
            "smtp_url": env.str("KMSVC_SMTP_URL", "") or None,
            "mail_from": env.str("KMSVC_MAIL_FROM", "kmsvc@localhost"),
            "base_url": env.str("KMSVC_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
            "timezone": env.str("KMSVC_TIMEZONE", "Asia/Shanghai"),
            "language": env.str("KMSVC_LANGUAGE", "zh_Hans_CN"),
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


def _kept_secret(path: Path, make: bool) -> str:
    if path.exists():
        return path.read_text().strip()
    secret = secrets.token_urlsafe(48)
    if make:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
        with os.fdopen(handle, "w") as out:
            out.write(secret + "\n")
    return secret
