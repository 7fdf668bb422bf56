from . import inbound, outbound
