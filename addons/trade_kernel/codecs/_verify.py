"""What is written says what it should: read back and compared, before it leaves."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..canonical import Document, canonical_digest
from ..errors import ValidationFailed
from .base import Codec


def verified(
    codec: Codec,
    data: bytes,
    documents: Sequence[Document],
    options: Mapping[str, Any],
    reduced: Callable[[Document], Document] | None = None,
) -> bytes:
    """``data``, once it is certain that ``codec`` reads ``documents`` from it.

    So a format that has no place for something says so, instead of losing it.

    :param reduced: takes away what the options replace, on both sides.
    :raise ValidationFailed: ``codec.cannot_carry`` with the first thing that comes back different.
    """
    read = list(codec.decode(data, options))
    for index, document in enumerate(documents):
        part = read[index] if index < len(read) else None
        if part is None or part.document is None:
            reason = str(part.errors[0]) if part else "it is not read back"
            place = part.errors[0].pointer if part else None
            what = f"{document.document_type} {document.id}"
            raise ValidationFailed("codec.cannot_carry", pointer=place, what=what, reason=reason)
        written, found = document, part.document
        if reduced:
            written, found = reduced(written), reduced(found)
        # An absent and an empty field do not differ, nor do 1.0 and 1.00.
        if found == written or canonical_digest(found) == canonical_digest(written):
            continue
        # Values, not their texts: 12:00Z and 13:00+01:00 are the same instant.
        values = (one.model_dump(exclude_defaults=True) for one in (written, found))
        for pointer, before, after in differences(*values):
            reason = f"{_shown(before)} would arrive as {_shown(after)}"
            raise ValidationFailed("codec.cannot_carry", pointer=pointer, what=pointer, reason=reason)
    if len(read) > len(documents):
        what = documents[0].document_type if documents else "nothing"
        raise ValidationFailed("codec.cannot_carry", what=what, reason="it would arrive as several documents")
    return data


def omitting(codec: Codec, write: Callable[[Mapping[str, Any]], bytes], options: Mapping[str, Any]) -> bytes:
    """What ``write`` makes of the options, without the segments of ``omit_segments``.

    What they say is missing because the partner wants it so; everything else is verified, and what is left
    can still be read.

    :param write: writes and verifies; with ``omit_segments`` in the options it only writes.
    :raise ValidationFailed: ``codec.option``; as ``write`` does.
    """
    omitted = options.get("omit_segments") or ()
    if not isinstance(omitted, list | tuple) or not all(isinstance(tag, str) for tag in omitted):
        raise ValidationFailed("codec.option", option="omit_segments", value=repr(omitted))
    data = write({**options, "omit_segments": ()})
    if not omitted:
        return data
    data = write(dict(options))
    for part in codec.decode(data, options):
        if part.document is None:
            value = f"{', '.join(omitted)}: {part.errors[0].message}"
            raise ValidationFailed("codec.option", option="omit_segments", value=value)
    return data


def differences(before: Any, after: Any, pointer: str = "") -> Iterator[tuple[str, Any, Any]]:
    """``(JSON pointer, value, other value)`` wherever two values differ, in the order of the first."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from differences(before.get(key), after.get(key), f"{pointer}/{key}")
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        for index in range(max(len(before), len(after))):
            pair = [values[index] if index < len(values) else None for values in (before, after)]
            yield from differences(*pair, f"{pointer}/{index}")
    elif before != after:
        yield pointer or "/", before, after


def _shown(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 60 else text[:57] + "…"
