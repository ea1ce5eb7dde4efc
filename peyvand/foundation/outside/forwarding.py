"""Who asks when a proxy of one's own stands between: the address that a trusted proxy names, instead of the proxy's.

Limits per address, sign-in throttling and what a form notes of its sender would otherwise take all visitors for one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Application = Callable[..., Awaitable[None]]
HEADER = b"x-forwarded-for"
MOST = 20  # addresses that are read of a header, from its end


class Forwarded:
    """An application that sees, as its client, the nearest address that is no proxy of ours.

    `proxies` are addresses and networks (CIDR) whose word counts. Of X-Forwarded-For only what they added is believed:
    it is read from its end, as every proxy appends whom it was asked by; the rest anybody may have written.
    ValueError for what is no network.
    """

    def __init__(self, application: Application, *, proxies: Iterable[str]) -> None:
        self.application = application
        self.proxies: list[IPv4Network | IPv6Network] = [ip_network(one.strip()) for one in proxies if one.strip()]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass it on, with whoever it is from."""
        client = scope.get("client")
        if client and self.proxies and self._ours(_address(client[0])):
            named = [value for name, value in scope["headers"] if name == HEADER]
            if named and (found := self._nearest(b",".join(named).decode("latin-1"))):
                scope = {**scope, "client": (found, 0)}
        await self.application(scope, receive, send)

    def _nearest(self, header: str) -> str:
        """The last address in it that is not ours; "" where it names none."""
        for part in header.rsplit(",", MOST)[::-1][:MOST]:
            found = _address(part.strip())
            if found is None:
                return ""
            if not self._ours(found):
                return str(found)
        return ""

    def _ours(self, address: IPv4Address | IPv6Address | None) -> bool:
        return address is not None and any(address in network for network in self.proxies)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as proxies write it: alone, in brackets, or with a port."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
