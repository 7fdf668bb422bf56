"""Where a broker is and how it is spoken to."""

import re
import ssl
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

AMQP, REDIS, OTHER = "amqp", "redis", "other"
#: how an address may begin → (kind, kombu's transport, is the line encrypted)
SCHEMES = {
    "amqp": (AMQP, "pyamqp", False),
    "amqps": (AMQP, "pyamqp", True),
    "redis": (REDIS, "redis", False),
    "rediss": (REDIS, "redis", True),
    **{
        name: (OTHER, name, False)
        for name in (
            "azureservicebus",
            "azurestoragequeues",
            "confluentkafka",
            "consul",
            "etcd",
            "gcpubsub",
            "mongodb",
            "pgmq",
            "qpid",
            "sentinel",
            "sqs",
            "zookeeper",
        )
    },
}
PORTS = {"amqp": 5672, "amqps": 5671, "redis": 6379, "rediss": 6379}


@dataclass(frozen=True)
class Line:
    """One broker as one user of it; equal lines may share connections.

    :ivar scheme: one of :data:`SCHEMES`
    :ivar virtual_host: RabbitMQ's virtual host, or the number of Redis's database
    :ivar ca: certificates (PEM) of who vouches for the broker; empty: those this machine trusts
    :ivar connect_timeout: seconds, for the connection and for securing it
    :ivar timeout: seconds for each answer after that
    """

    scheme: str
    host: str
    port: int | None
    virtual_host: str
    login: str = ""
    password: str = field(default="", repr=False)
    ca: str = field(default="", repr=False)
    connect_timeout: float = 5.0
    timeout: float = 30.0

    @property
    def kind(self):
        return SCHEMES[self.scheme][0]

    @property
    def transport(self):
        return SCHEMES[self.scheme][1]

    @property
    def secure(self):
        return SCHEMES[self.scheme][2]

    def tls_context(self):
        """Certificates and the host's name are always checked: without that, anybody could be the broker.

        :raise ssl.SSLError: the certificates cannot be read
        """
        return ssl.create_default_context(cadata=self.ca or None)

    def url(self):
        """The address with user name and password, for transports that take nothing else."""
        login = quote(self.login, safe="")
        user = f"{login}:{quote(self.password, safe='')}@" if login or self.password else ""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{user}{self.host}{port}/{quote(self.virtual_host, safe='')}"

    def conceal(self, text):
        """``text`` without the password."""
        return text.replace(self.password, "***") if self.password else text


def split(address):
    """What an address says.

    :return: dict of ``scheme, host, port, virtual_host``
    :raise ValueError: ``scheme``, ``host``, ``user`` or ``query``: what is wrong with it
    """
    try:
        parts = urlsplit(address or "")
        port = parts.port
    except ValueError:
        raise ValueError("host") from None
    if parts.scheme not in SCHEMES:
        raise ValueError("scheme")
    if not parts.hostname or re.search(r"[\s\\]", address):
        raise ValueError("host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("user")
    if parts.query or parts.fragment:
        raise ValueError("query")
    path = unquote(parts.path[1:])
    kind = SCHEMES[parts.scheme][0]
    if kind == REDIS and path and not path.isdecimal():
        raise ValueError("database")
    return {
        "scheme": parts.scheme,
        "host": parts.hostname,
        "port": port or PORTS.get(parts.scheme),
        # RabbitMQ's own is called "/"; it may be written as nothing, as / or as %2F.
        "virtual_host": path or ("/" if kind == AMQP else "0" if kind == REDIS else ""),
    }
