"""Pictures that came inside a document are kept as files of the thing that was made from it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from kmsvc.convert.result import Picture
from kmsvc.core.work import Work
from kmsvc.files.store import keep
from kmsvc.files.usecases import attach


def picture_keeper(folder: Path, kind: str) -> Callable[[Work, int, Picture], None]:
    """What stores a picture with the thing of this kind and id; raises Refusal where it cannot be taken."""
    def keep_picture(work: Work, thing_id: int, picture: Picture) -> None:
        ending = picture.content_type.rpartition("/")[2]
        attach(work, kind, thing_id, keep(folder, BytesIO(picture.data), f"{picture.sha256[:12]}.{ending}"))
    return keep_picture
