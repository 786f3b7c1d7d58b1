"""A kmsvc application served over real HTTP from a thread of the test, on a port of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from waitress.server import create_server


@contextmanager
def serve(app: Callable[..., Any], *, threads: int = 4) -> Iterator[str]:
    """Serve a WSGI application on loopback; gives its address without a slash at the end."""
    sockets: dict[int, Any] = {}
    server: Any = create_server(
        app, map=sockets, host="127.0.0.1", port=0, threads=threads, clear_untrusted_proxy_headers=True
    )

    def hang_up() -> None:  # windows that are still open keep their connections: nobody waits for those
        for one in list(sockets.values()):
            if one is not server.trigger:  # this thread may be in the middle of pulling it
                one.close()
        sockets.clear()

    thread = threading.Thread(target=server.run, name="test-web", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.task_dispatcher.shutdown(timeout=5)
        server.trigger.pull_trigger(hang_up)
        thread.join(5)
        server.trigger.close()
