"""The one way out of the board by HTTP: a client that reaches the host of a setting and no other."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from functools import cache
from ssl import SSLContext

import httpx

# For connecting, sending and each wait for more; and for the body as a whole.
TIMEOUT_S = 2.0
# The answers that we read are a word or a few lines of JSON.
MOST_ANSWER_BYTES = 64 * 1024

# It notes the address of each request at INFO, and ours hold what is asked about people.
logging.getLogger("httpx").setLevel(logging.WARNING)


def client_for(endpoint: str, user_agent: str) -> httpx.Client:
    """A client whose requests all go to `endpoint` (scheme, host and port), whatever address they name.

    It follows no redirect and reads nothing from the environment. Questions are rare, so each opens its own client: a
    connection kept for the next one would be closed by the other side before that comes.
    """
    headers = {"User-Agent": user_agent, "Accept-Encoding": "identity"}
    transport = _OneHost(httpx.URL(endpoint))
    return httpx.Client(transport=transport, headers=headers, timeout=TIMEOUT_S, trust_env=False)


class _OneHost(httpx.HTTPTransport):
    def __init__(self, endpoint: httpx.URL) -> None:
        super().__init__(verify=_certificates(), trust_env=False)
        self._endpoint = endpoint

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        to = self._endpoint
        request.url = request.url.copy_with(scheme=to.scheme, host=to.host, port=to.port)
        request.headers["Host"] = to.netloc.decode()
        response = super().handle_request(request)
        if isinstance(response.stream, httpx.SyncByteStream):
            response.stream = _Bounded(response.stream)
        return response


class _Bounded(httpx.SyncByteStream):
    """A body that may neither be long nor drip in for ever."""

    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        end_s, room_bytes = time.monotonic() + TIMEOUT_S, MOST_ANSWER_BYTES
        for chunk in self._stream:
            room_bytes -= len(chunk)
            if room_bytes < 0 or time.monotonic() > end_s:
                raise httpx.ReadError("The answer is too long, or takes too long.")
            yield chunk

    def close(self) -> None:
        self._stream.close()


@cache
def _certificates() -> SSLContext:
    """Read once: it takes longer than a question."""
    return httpx.create_ssl_context(trust_env=False)
