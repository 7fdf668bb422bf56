"""What a document says and a format has no place for: carried beside the document, put back when it is read.

The rest is a nested object. A list of one value replaces what stands there, an object goes on inside (into a
list by index), and ``null`` takes away. It belongs to exactly what was written with it: a digest of that is
kept with it, so that a rest whose document was changed on the way is not put back where it no longer fits.
"""

import hashlib
import json
from typing import Any

_FREE = "extensions"  # whatever is in there, it is one value


def rest_of(wanted: Any, written: Any) -> Any:
    """What has to be carried beside ``written`` (as it is read back) to get ``wanted``; ``{}``: nothing.

    Both are JSON values of a document.
    """
    if isinstance(wanted, dict) and isinstance(written, dict):
        found = {}
        for key in {**wanted, **written}:
            before, after = wanted.get(key), written.get(key)
            if before == after:
                continue
            if before is None:
                found[key] = None
            elif after is None or key == _FREE:
                found[key] = [before]
            elif inner := rest_of(before, after):
                found[key] = inner
        return found
    if isinstance(wanted, list) and isinstance(written, list) and len(wanted) == len(written):
        pairs = zip(wanted, written, strict=True)
        return {
            str(index): rest_of(before, after)
            for index, (before, after) in enumerate(pairs)
            if before != after
        }
    return {} if wanted == written else [wanted]


def put_back(values: Any, rest: Any) -> Any:
    """``values`` with the rest; both as :func:`rest_of` had them.

    :raise ValueError: when they do not fit.
    """
    if isinstance(rest, list):
        return rest[0]
    try:
        for key, inner in rest.items():
            if isinstance(values, list):
                values[int(key)] = put_back(values[int(key)], inner)
            elif inner is None:
                values.pop(key, None)
            else:
                values[key] = put_back(values.get(key), inner)
    except (AttributeError, IndexError, TypeError) as error:
        raise ValueError("the rest does not fit") from error
    return values


def said(rest: Any) -> Any:
    """The rest without what says nothing: empty parts that are there, or are not."""
    if isinstance(rest, dict):
        found = {key: said(inner) for key, inner in rest.items() if inner is not None}
        return {key: inner for key, inner in found.items() if inner}
    return rest if isinstance(rest, list) and rest[0] not in ({}, [], "") else {}


def packed(rest: Any, written: Any) -> str:
    """The rest as one text, printable ASCII."""
    return json.dumps({"digest": _digest(written), "rest": rest}, separators=(",", ":"))


def unpacked(text: str, written: Any) -> Any:
    """The rest from that text; ``None`` when it is none, or belongs to another document."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or set(found) != {"digest", "rest"} or not isinstance(found["rest"], dict):
        return None
    return found["rest"] if found["digest"] == _digest(written) else None


def first_of(rest: Any, pointer: str = "") -> str:
    """The JSON pointer of the first thing that is carried."""
    if isinstance(rest, dict) and rest:
        key, inner = next(iter(rest.items()))
        return first_of(inner, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    return pointer or "/"


def _digest(values: Any) -> str:
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
