"""What kind of caller asks: a program, a script of one of our pages, or a person's browser that goes where it is sent."""

from __future__ import annotations

from flask import request


def is_api() -> bool:
    """Whether the answer is JSON for a program."""
    return request.path.startswith("/api/")


def is_fragment() -> bool:
    """Whether htmx asks for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def is_form_script() -> bool:
    """Whether a script of a page sends a form: it reads the place to go to from a header."""
    return "X-Requested-With" in request.headers


def wants_problem() -> bool:
    """Whether a refusal is told as a problem: a program asks, or a script that takes JSON and no page."""
    accept = request.headers.get("Accept", "")
    return is_api() or ("application/json" in accept and "text/html" not in accept)


def is_background() -> bool:
    """Whether a script of a page asks: its answer is read in place and never followed to another page."""
    return is_fragment() or wants_problem() or is_form_script()
