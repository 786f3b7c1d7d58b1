"""One kept HTTP connection of a client under measurement."""

from __future__ import annotations

import asyncio
import json


class Line:
    """A keep-alive connection of one client to `address` (http://host:port), signed in by a token."""

    def __init__(self, address: str, secret: str) -> None:
        self.host, _, port = address.removeprefix("http://").partition(":")
        self.port, self.secret = int(port), secret

    async def connect(self) -> None:
        """Open the connection."""
        self.into, self.out = await asyncio.open_connection(self.host, self.port)

    def close(self) -> None:
        """Close the connection."""
        self.out.close()

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """One request over the kept connection."""
        data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        head = (f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nAuthorization: Bearer {self.secret}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n")
        first = await self._sent(head.encode() + data)
        if not first:  # kept open for too long without a word: asked again on a new one, as browsers do
            await self.connect()
            first = await self._sent(head.encode() + data)
        status = int(first.split()[1])
        length, closes = 0, False
        while (line := await self.into.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            if name.lower() == "content-length":
                length = int(value)
            closes |= name.lower() == "connection" and "close" in value.lower()
        answer = await self.into.readexactly(length) if length else b""
        if closes:
            await self.connect()
        return status, answer

    async def _sent(self, request: bytes) -> bytes:
        """The first line of the answer; nothing where the server has closed the connection."""
        try:
            self.out.write(request)
            await self.out.drain()
            return await self.into.readline()
        except ConnectionError:
            return b""
