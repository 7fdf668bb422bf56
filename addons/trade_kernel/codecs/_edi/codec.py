"""What the codecs of EDIFACT and X12 do alike: files are cut, what is written is read back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, ClassVar

from ...canonical import Document
from ...errors import ValidationFailed
from ...limits import Limits
from .._verify import omitting, verified
from ..base import Codec, Decoded, limits_of, option, uninterrupted
from .cutting import Cutter
from .profile import EdiProfile


class EdiCodec(Codec):
    """A subclass says how its files are cut, its options checked, and its interchanges read and written."""

    profile: ClassVar[type[EdiProfile]]

    def checked(self, data: bytes, options: Mapping[str, Any]) -> Limits:
        """The limits, once the file is none that nobody can read.

        :raise ValidationFailed: ``file.too_large``, ``file.empty``, ``codec.option``.
        """
        limits = limits_of(options)
        option(options, "strict", (True, False), False)
        if len(data) > limits.max_bytes:
            raise ValidationFailed("file.too_large", size=len(data), limit=limits.max_bytes)
        if not data.strip(b" \r\n\t\0\x1a"):
            raise ValidationFailed("file.empty")
        return limits

    def cutter(self, options: Mapping[str, Any] | None, lines: int = 1) -> Cutter:
        raise NotImplementedError

    def interchange(self, documents: Sequence[Document], profile: EdiProfile) -> bytes:
        raise NotImplementedError

    def reduced(self, document: Document, profile: EdiProfile) -> Document:
        """What the document says itself: the profile's interchange stands for what the envelope carries."""
        raise NotImplementedError

    def cut(self, file: BinaryIO, lines: int, options: Mapping[str, Any] | None = None) -> Iterator[bytes]:
        return self.cutter(options, lines).pieces(file)

    def outline(self, file: BinaryIO, options: Mapping[str, Any] | None = None) -> bytes:
        return self.cutter(options).outline(file)

    def encode(self, documents: Iterable[Document], options: Mapping[str, Any] | None = None) -> bytes:
        documents = tuple(documents)

        def write(options: Mapping[str, Any]) -> bytes:
            profile = self.profile(options)
            data = self.interchange(documents, profile)
            if options["omit_segments"]:
                return data
            return verified(self, data, documents, options, lambda document: self.reduced(document, profile))

        return omitting(self, write, options or {})


def not_mapped(message: Any, place: str, **known: Any) -> Decoded:
    """A message nobody maps, so that it can be looked at: its segments as they stand.

    :param message: an ``envelope.Message``, with its ``error`` if it is none
    :param place: where its type stands
    :param known: further keys of the envelope
    """
    error = message.error
    if error is None:
        named = message.envelope.get("message_type") or "without a type"
        error = ValidationFailed("edi.message_unknown", pointer=place, message=named)
    found = [segment.text for segment in message.segments()]
    kept = {"segments": found} if found else {}
    return Decoded(None, (error,), message.envelope | known | kept, message.raw)


def mapped(
    message: Any,
    read: Callable[..., tuple[str, Document | None, tuple]],
    options: Mapping[str, Any],
    limits: Limits,
) -> Decoded:
    """A message as its mapping reads it; ``strict`` refuses it for what is wrong with its envelope.

    :param read: of the mapping
    """
    with uninterrupted():
        document_type, document, errors = read(message, options, limits)
    # Only what was read to its end has an envelope that says whether its end counted right.
    if options.get("strict") and (wrong := message.envelope.get("envelope_errors")):
        refused = (
            ValidationFailed("edi.envelope", pointer=one["place"], detail=one["said"]) for one in wrong
        )
        document, errors = None, (*refused, *errors)
    return Decoded(document, errors, message.envelope | {"document_type": document_type}, message.raw)
