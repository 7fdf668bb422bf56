"""What a codec is: bytes ⇄ canonical documents, nothing else."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any, BinaryIO, ClassVar

from ..canonical import Document
from ..errors import TradeError, ValidationFailed
from ..limits import DEFAULT, Limits


@dataclass(frozen=True, slots=True)
class Decoded:
    """One document of a file, or what kept it from becoming one.

    :param document: ``None`` when there are errors.
    :param errors: all that were found, in the order of the file.
    :param envelope: what surrounds the document, such as ``index`` (0-based position in the file) or an
        interchange's sender, receiver and control reference; JSON-able. ``document_type`` says which
        canonical document it is, or would have become without its errors, when that is known.
    :param raw: the bytes this document was read from, if they stand alone in the file.
    """

    document: Document | None
    errors: tuple[TradeError, ...] = ()
    envelope: dict[str, Any] = field(default_factory=dict)
    raw: bytes | None = None


class Codec:
    """Base of all codecs. An instance holds no state and is shared.

    A codec is one module in this folder with a subclass of this class and a folder of fixtures of the
    same name in ``tests/fixtures``; the registry and the conformance test find both.
    """

    #: the technical name, as stored on routes
    name: ClassVar[str]
    #: the name people see
    label: ClassVar[str]
    #: the media types it reads; the first one is what it writes
    media_types: ClassVar[tuple[str, ...]]
    #: the file name endings it reads, with the dot; the first one is what it writes
    extensions: ClassVar[tuple[str, ...]]
    #: the options without which it reads and writes nothing
    needs: ClassVar[tuple[str, ...]] = ()

    def sniff(self, head: bytes) -> int:
        """How surely a file that starts with ``head`` is for this codec: 0 (no) to 100. Never raises."""
        raise NotImplementedError

    def decode(self, data: bytes, options: Mapping[str, Any] | None = None) -> Iterator[Decoded]:
        """The documents of a file, each on its own: a bad one does not stop the others.

        Never raises for what is in the file: every error is a :class:`Decoded` without document.
        """
        raise NotImplementedError

    def cut(self, file: BinaryIO, lines: int, options: Mapping[str, Any] | None = None) -> Iterator[bytes]:
        """A file too large to be read at once as smaller ones, in constant memory.

        Each piece is read alone by :meth:`decode` with the same options. Catalogues, stock reports and the
        like become several documents, whose numbers carry which piece they are (``7``, ``7-2``, ``7-3`` …);
        whatever means something as a whole only stays whole.

        :param file: opened for reading, at its beginning.
        :param lines: the most lines a piece has.
        :raise ValidationFailed: ``codec.cannot_cut``: files in this format have to be read whole; or what is
            wrong with the file as a whole. Pieces that came before are void then.
        """
        raise ValidationFailed("codec.cannot_cut", format=self.label)

    def outline(self, file: BinaryIO, options: Mapping[str, Any] | None = None) -> bytes:
        """The file without the lines of its documents: what its envelopes say, for whoever acknowledges it.

        :return: empty where a format has no envelopes.
        """
        return b""

    def encode(self, documents: Iterable[Document], options: Mapping[str, Any] | None = None) -> bytes:
        """The file that holds ``documents``; :meth:`decode` reads the same documents back.

        :raise ValidationFailed: when an option or a document cannot be written in this format.
        """
        raise NotImplementedError


def option(options: Mapping[str, Any] | None, name: str, allowed: Sequence[Any], default: Any) -> Any:
    """The option ``name``, one of ``allowed``; absent or ``None`` means ``default``.

    :raise ValidationFailed: ``codec.option`` when it is none of them.
    """
    value = (options or {}).get(name)
    if value is None:
        return default
    if value not in allowed:
        raise ValidationFailed("codec.option", option=name, value=repr(value))
    return value


def limits_of(options: Mapping[str, Any] | None) -> Limits:
    """The option ``limits``: a :class:`Limits`, or a mapping of those that differ.

    :raise ValidationFailed: ``codec.option``.
    """
    given = (options or {}).get("limits")
    if given is None:
        return DEFAULT
    if isinstance(given, Limits):
        return given
    if not isinstance(given, Mapping):
        raise ValidationFailed("codec.option", option="limits", value=repr(given))
    known = {field.name for field in fields(Limits)}
    for name, value in given.items():
        if name not in known or not isinstance(value, int) or value < 1:
            raise ValidationFailed("codec.option", option=f"limits.{name}", value=repr(value))
    return replace(DEFAULT, **given)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """While a document is built, nothing of it is garbage: do not look for any.

    The values of a large document make Python's collector look at all of them again and again, which takes
    more time than reading them. Only for what runs to its end by itself, never around a ``yield``.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
