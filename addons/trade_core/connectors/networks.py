"""Which addresses may be called when others choose them: only the public internet's.

Partners tell us where their webhooks go. Without this, one of them could have us call our own machines, or
the metadata service of a cloud (server-side request forgery). A name is resolved once, every address it has
is checked, and exactly the checked ones are connected to: a name that answers differently the next time
(DNS rebinding) gains nothing.
"""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052
_NEVER = tuple(
    map(
        ip_network,
        (
            "::/96",  # IPv4-compatible, deprecated (RFC 4291, 2.5.5.1)
            "64:ff9b:1::/48",  # NAT64 of a local network (RFC 8215)
            "192.88.99.0/24",  # relays of 6to4, deprecated (RFC 7526)
        ),
    )
)


class AddressRefused(Exception):
    """An address must not be called; the text is for people."""


class Networks(NamedTuple):
    """The public internet, and what an administrator allows beyond it."""

    allowed: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Networks":
        """:param text: networks or single addresses, such as ``10.20.0.0/16``, separated by commas or blanks

        :raise ValueError: one of them is none; the text is for people
        """
        networks = []
        for part in (text or "").replace(",", " ").split():
            try:
                networks.append(ip_network(part))
            except ValueError as error:
                raise ValueError(f"{part} is no network: write it like 10.20.0.0/16 ({error}).") from None
        return cls(tuple(networks))

    def addresses(self, host: str, port: int) -> list[str]:
        """Where ``host`` is, each address checked.

        :raise AddressRefused: one of them is not public and not allowed
        :raise OSError: the name is not known
        """
        found = dict.fromkeys(entry[4][0] for entry in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        for text in found:
            if not self.allows(ip_address(text)):
                where = host if text == host.strip("[]") else f"{host} ({text})"
                raise AddressRefused(
                    f"{where} is not on the public internet, and such addresses are not called."
                    " Correct the address, or have an administrator allow its network in the settings."
                )
        return list(found)

    def allows(self, address: IPv4Address | IPv6Address) -> bool:
        """Whether this address may be called."""
        inner = _inside(address)
        listed = any(
            candidate.version == network.version and candidate in network
            for network in self.allowed
            for candidate in (address, *inner)
        )
        return listed or all(map(_public, (address, *inner) if address not in _NAT64 else inner))


def _public(address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not getattr(address, "is_site_local", False)
        and not any(address.version == network.version and address in network for network in _NEVER)
    )


def _inside(address) -> tuple:
    """The IPv4 addresses a tunnelling IPv6 address leads to."""
    if address.version == 4:
        return ()
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    return tuple(inner for inner in found if inner is not None)
