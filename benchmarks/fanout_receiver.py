"""Twenty receivers of webhooks in one process, as cheap as they can be: they take the clock and say 204.

    python fanout_receiver.py PORT DEAD_PORT

``POST /<receiver>`` is noted with its ``webhook-id`` and instant; ``GET /report`` gives all of them as JSON
and begins anew. At DEAD_PORT connections are taken and nothing is ever answered.
"""

import asyncio
import json
import re
import sys
import time

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ID = re.compile(rb"\r\nwebhook-id: *([^\r]+)", re.IGNORECASE)
_TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"
arrived: list[tuple[str, str, float]] = []


class Receiver(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            length = _LENGTH.search(head)
            size = end + 4 + (int(length[1]) if length else 0)
            if len(self.buffer) < size:
                return
            self.buffer = self.buffer[size:]
            self.transport.write(self.answer(head))

    def answer(self, head):
        method, path, _rest = head.split(b" ", 2)
        if method == b"POST":
            arrived.append((path[1:].decode(), _ID.search(head)[1].decode(), time.time()))
            return _TAKEN
        body = json.dumps(arrived).encode()
        arrived.clear()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


class Dead(asyncio.Protocol):
    """Takes what it gets and is silent."""


async def main(port, dead_port):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Receiver, "127.0.0.1", port)
    dead = await loop.create_server(Dead, "127.0.0.1", dead_port)
    async with server, dead:
        await asyncio.gather(server.serve_forever(), dead.serve_forever())


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
