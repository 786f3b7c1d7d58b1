"""`kmsvc people units` and `kmsvc people posts`: the tree of the centre and what people do in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from kmsvc.cli.glue import Sentence, acting, as_option, json_option, put, say, with_database
from kmsvc.core.actors import Actor
from kmsvc.core.texts import N_


@click.group()
def units() -> None:
    """Organisation units."""


@click.group()
def posts() -> None:
    """Posts people hold."""


@units.command("add")
@click.argument("code")
@click.option("--name", required=True, help="The unit's name.")
@click.option("--parent", default="CENTRE", show_default=True, help="Code of the unit above.")
@as_option
@with_database
def add_unit_command(db: Any, settings: Any, code: str, name: str, parent: str, as_login: str | None) -> None:
    """Add a unit below another; the same code again renames it."""
    from kmsvc.people.units.usecases import add_unit

    if not code.strip():
        raise Sentence(N_("A unit needs a code."))
    with db.begin(acting(db, as_login)) as work:
        add_unit(work, code=code, name=name, parent_code=parent)
    say("Done.")


@units.command("list")
@as_option
@json_option
@with_database
def units_list(db: Any, settings: Any, as_login: str | None, as_json: bool) -> None:
    """Every unit, the root first."""
    from kmsvc.people.units.queries import all_units, heads_of_units
    from kmsvc.people.units.schemas import unit_json

    _list(db, acting(db, as_login), all_units, heads_of_units, unit_json, as_json)


@units.command("close")
@click.argument("code")
@click.option("--reason", required=True, help="Stands in the audit trail.")
@click.option("--reopen", is_flag=True, help="Open it again instead.")
@as_option
@with_database
def units_close(db: Any, settings: Any, code: str, reason: str, reopen: bool, as_login: str | None) -> None:
    """Close a unit nobody belongs to: it is offered nowhere any more."""
    from kmsvc.people.units.queries import unit_by_code
    from kmsvc.people.units.usecases import add_unit

    _close(db, acting(db, as_login), code, unit_by_code, add_unit, reopen=reopen, reason=reason,
           missing=N_("There is no unit with this code."))


@posts.command("add")
@click.argument("code")
@click.option("--name", required=True, help="What the post is called.")
@as_option
@with_database
def posts_add(db: Any, settings: Any, code: str, name: str, as_login: str | None) -> None:
    """Add a post; the same code again renames it."""
    from kmsvc.people.units.usecases import add_post

    if not code.strip():
        raise Sentence(N_("A post needs a code."))
    with db.begin(acting(db, as_login)) as work:
        add_post(work, code=code, name=name)
    say("Done.")


@posts.command("list")
@as_option
@json_option
@with_database
def posts_list(db: Any, settings: Any, as_login: str | None, as_json: bool) -> None:
    """Every post, by code."""
    from kmsvc.people.units.queries import all_posts, heads_of_posts
    from kmsvc.people.units.schemas import post_json

    _list(db, acting(db, as_login), all_posts, heads_of_posts, post_json, as_json)


@click.group()
def readers() -> None:
    """Reader groups: whom texts are for, by post and role."""


@readers.command("list")
@as_option
@json_option
@with_database
def readers_list(db: Any, settings: Any, as_login: str | None, as_json: bool) -> None:
    """Every reader group, by code."""
    from kmsvc.people.readers.permissions import KEEP_READERS
    from kmsvc.people.readers.queries import group_lines
    from kmsvc.people.readers.schemas import group_json

    with db.look(acting(db, as_login)) as work:
        work.permit(KEEP_READERS)
        rows = [group_json(line) for line in group_lines(work.session)]
    put({"items": rows}, as_json=as_json, text="\n".join(
        f"{row['code']:16} {row['people']:4}  {row['name']}: {', '.join([*row['posts'], *row['roles']])}"
        f"{'  (closed)' if row['closed_at'] else ''}" for row in rows))


@readers.command("set")
@click.argument("code")
@click.option("--name", required=True, help="The group's name.")
@click.option("--within", metavar="CODE", help="The unit its people belong to; without it the whole centre.")
@click.option("--post", "posts", multiple=True, metavar="CODE", help="A post; may be given again.")
@click.option("--role", "roles", multiple=True, help="A role; may be given again.")
@click.option("--close/--reopen", "closed", default=None, help="Offer it no more, or again.")
@click.option("--reason", help="Stands in the audit trail.")
@as_option
@with_database
def readers_set(db: Any, settings: Any, code: str, name: str, within: str | None, posts: tuple[str, ...], roles: tuple[str, ...],
                closed: bool | None, reason: str | None, as_login: str | None) -> None:
    """Add a reader group; the same code again changes it."""
    from kmsvc.people.readers.usecases import keep_group

    if not code.strip():
        raise Sentence(N_("A reader group needs a code."))
    with db.begin(acting(db, as_login)) as work:
        keep_group(work, code=code.strip(), name=name, within=within, posts=posts, roles=roles, closed=closed, reason=reason)
    say("Done.")


def _list(db: Any, actor: Actor, all_of: Callable[..., Any], heads_of: Callable[..., Any], shape: Callable[..., Any],
          as_json: bool) -> None:
    """Units or posts with how many people each has."""
    with db.look(actor) as work:
        heads = heads_of(work.session)
        rows = [shape(one, heads.get(one.id, 0)) for one in all_of(work.session)]
    put({"items": rows}, as_json=as_json, text="\n".join(
        f"{row['code']:16} {row['people']:4}  {row['name']}{'  (closed)' if row['closed_at'] else ''}" for row in rows))


@posts.command("close")
@click.argument("code")
@click.option("--reason", required=True, help="Stands in the audit trail.")
@click.option("--reopen", is_flag=True, help="Open it again instead.")
@as_option
@with_database
def posts_close(db: Any, settings: Any, code: str, reason: str, reopen: bool, as_login: str | None) -> None:
    """Close a post nobody holds: it is offered nowhere any more."""
    from kmsvc.people.units.queries import post_by_code
    from kmsvc.people.units.usecases import add_post

    _close(db, acting(db, as_login), code, post_by_code, add_post, reopen=reopen, reason=reason,
           missing=N_("There is no such post."))


def _close(db: Any, actor: Actor, code: str, by_code: Callable[..., Any], put_again: Callable[..., Any], *, reopen: bool,
           reason: str, missing: str) -> None:
    """Put the unit or post of this code again as it is, but closed or open."""
    with db.begin(actor) as work:
        held = by_code(work.session, code)
        if held is None:
            raise Sentence(missing)
        put_again(work, code=code, name=held.name, closed=not reopen, reason=reason, version=held.version)
    say("Done.")
