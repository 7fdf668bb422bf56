"""The codecs: one module each, found by looking into this folder.

:func:`recognise` tells which one reads a file, :func:`get` returns one by name.
"""

import importlib
import pkgutil
from functools import cache

from ..errors import ValidationFailed
from .base import Codec, Decoded

__all__ = ["Codec", "Decoded", "available", "get", "recognise"]

#: how much of a file a codec looks at to recognise it
HEAD = 4096
#: what a matching media type or file name adds to what the content says
_HINT = 15


def available() -> tuple[Codec, ...]:
    """All codecs, by name."""
    return tuple(_by_name().values())


@cache
def _by_name() -> dict[str, Codec]:
    found = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        if module == "base" or module.startswith("_"):
            continue
        for value in vars(importlib.import_module(f"{__name__}.{module}")).values():
            if isinstance(value, type) and issubclass(value, Codec) and value.__dict__.get("name"):
                found[value.name] = value()
    return found


def get(name: str) -> Codec:
    """The codec called ``name``.

    :raise ValidationFailed: ``codec.unknown``.
    """
    codec = _by_name().get(name)
    if codec is None:
        raise ValidationFailed("codec.unknown", codec=name, known=list(_by_name()))
    return codec


def recognise(data: bytes, filename: str | None = None, media_type: str | None = None) -> Codec:
    """The codec that reads ``data`` best. The content decides; the names only help.

    :param media_type: as in a ``Content-Type`` header; its parameters are ignored.
    :raise ValidationFailed: ``file.empty`` or ``file.unrecognised``.
    """
    if not data.strip():
        raise ValidationFailed("file.empty")
    head = data[:HEAD]
    media_type = (media_type or "").partition(";")[0].strip().lower()
    best, most = None, 0
    for codec in available():
        sure = codec.sniff(head)
        if not sure:
            continue
        sure += _HINT * (media_type in codec.media_types)
        sure += _HINT * (filename or "").lower().endswith(codec.extensions)
        if sure > most:
            best, most = codec, sure
    if best is None:
        raise ValidationFailed("file.unrecognised")
    return best
