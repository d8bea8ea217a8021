"""A webhook receiver in a process of its own that answers each request after some milliseconds, any number side by side."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class _Connection(asyncio.Protocol):
    """One kept-open connection: a request that is complete is answered after `delay` seconds."""

    def __init__(self, delay: float) -> None:
        self._delay, self._read, self._transport = delay, b"", asyncio.Transport()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The answers go there."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answers are on their way for what is complete."""
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            head = self._read[:end].lower()
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
            if len(self._read) < end + 4 + length:
                return
            self._read = self._read[end + 4 + length :]
            asyncio.get_running_loop().call_later(self._delay, self._transport.write, _ANSWER)


async def _serve(delay: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(delay), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@contextmanager
def receiver(delay: float) -> Iterator[str]:
    """The address of a receiver that answers 204 after `delay` seconds, until the block is left."""
    line = [sys.executable, "-m", "bench.delivery_receiver", str(delay)]
    root = Path(__file__).parent.parent
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.communicate()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
