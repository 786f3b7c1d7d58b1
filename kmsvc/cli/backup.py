"""`kmsvc backup` and `kmsvc restore`."""

from __future__ import annotations

from pathlib import Path

import click

from kmsvc.cli.glue import PartFailed, Sentence, json_option, put, say
from kmsvc.core.texts import N_
from kmsvc.settings import Settings

FILE = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@FILE
@click.option("--verify", is_flag=True, help="Write nothing: read an existing backup and say whether it is whole.")
@json_option
def backup(file: Path, verify: bool, as_json: bool) -> None:
    """Write one file with everything but secrets, and verify it; runs beside the service. An earlier backup of that name
    is replaced, any other file is refused."""
    from kmsvc.core.db import make_engine
    from kmsvc.operations.backup import verify_backup, write_backup
    from kmsvc.operations.dump_sqlite import database_file
    from kmsvc.operations.schema import NewerSchema, current_revision, known_revisions

    if verify:
        manifest = verify_backup(file)
        size = file.stat().st_size
    else:
        settings = Settings.from_env(make=False)
        if settings.is_sqlite and not database_file(settings.database_url).exists():
            raise Sentence(N_("There is no kmsvc database here yet; there is nothing to back up."))
        if not file.absolute().parent.is_dir():
            raise Sentence(N_("The folder %(folder)s does not exist."), folder=file.absolute().parent)
        engine = make_engine(settings.database_url, pool_size=2)
        with engine.connect() as connection:
            found = current_revision(connection)
        if found is None:
            raise Sentence(N_("There is no kmsvc database here yet; there is nothing to back up."))
        if found not in known_revisions():
            raise NewerSchema(found)
        written = write_backup(settings, file, engine=engine, told=lambda line: say(f"Backup: {line} ..."))
        engine.dispose()
        manifest, size = written.manifest, written.size
    body = {"file": str(file.absolute()), "made_at": manifest.made_at, "revision": manifest.revision,
            "database": manifest.database, "size": size, "rows": sum(manifest.counts.values()),
            "files": sum(name.startswith("files/") for name in manifest.members), "audit": manifest.audit,
            "missing_files": manifest.missing_files, "verified": True}
    put(body, as_json=as_json, text=f"{file}: {body['rows']} rows, {body['files']} files, {size // 1024 + 1} KiB, verified.")
    if manifest.missing_files:
        say(f"{len(manifest.missing_files)} files that rows name were not on the disk: {manifest.missing_files[0]} ...")
        raise PartFailed()


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), help="Folder to restore into; KMSVC_DATA_DIR else.")
@click.option("--url", help="Database to restore into; KMSVC_DATABASE_URL else.")
@click.option("--force", is_flag=True, help="Move aside what is there; a PostgreSQL database is copied, then its tables dropped.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--resume", is_flag=True, help="Let mail and scheduled work go on after a restore.")
@json_option
def restore(file: Path | None, to: Path | None, url: str | None, force: bool, yes: bool, resume: bool,
            as_json: bool) -> None:
    """Bring a backup back, into an empty place. Mail and scheduled work rest afterwards until --resume."""
    from kmsvc.operations import restore as bringing

    settings = bringing.target_settings(Settings.from_env(make=False), to=to, url=url)
    if resume:
        about = bringing.resume(settings)
        put({"resumed": about is not None, "pause": about}, as_json=as_json,
            text="Mail and scheduled work go on." if about is not None else "Nothing was paused.")
        return
    if file is None:
        raise Sentence(N_("Name the backup file to restore."))
    if force and not yes:
        lost = "" if settings.is_sqlite else " The PostgreSQL database is copied beside, then its tables are dropped."
        click.confirm(f"Move aside what is in {settings.data_dir} and restore {file}?{lost}", abort=True, err=True)
    done = bringing.restore(settings, file, force=force, told=lambda line: say(f"Restore: {line} ..."))
    body = {"data_dir": str(settings.data_dir), "made_at": done.manifest.made_at, "revision": done.revision,
            "rows": sum(done.manifest.counts.values()), "documents": done.documents, "mails_dropped": done.mails_dropped,
            "replaced": str(done.aside) if done.aside else None, "paused": True}
    put(body, as_json=as_json, text=f"{body['rows']} rows of {done.manifest.made_at} are back in {settings.data_dir}.")
    if done.aside:
        say(f"What was there lies in {done.aside}.")
    say("Mail and scheduled work rest. Look at it, then let them go on with `kmsvc restore --resume`.")
