from . import inbound, outbound, relay
