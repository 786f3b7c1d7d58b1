"""The guided flows of the demo, as texts; playing them is not this package's business."""

from dataclasses import dataclass
from functools import cache

from kmsvc.demo.content.files import load


@dataclass(frozen=True, slots=True)
class PathText:
    """A way through a flow. times: how often it was walked; seconds: what an answer took, roughly."""

    choices: tuple[int, ...]
    times: int
    seconds: int


@dataclass(frozen=True, slots=True)
class FlowText:
    """One flow, published days_ago."""

    title: str
    summary: str
    aliases: tuple[str, ...]
    language: str
    confidentiality: str
    days_ago: int
    body: str
    paths: tuple[PathText, ...]


@cache
def flows() -> tuple[FlowText, ...]:
    """All of them."""
    return tuple(FlowText(**one | {
        "aliases": tuple(one["aliases"]), "body": one["body"].strip(),
        "paths": tuple(PathText(tuple(path["choices"]), path["times"], path["seconds"]) for path in one["paths"])})
        for one in load("flows.toml")["flow"])
