"""A payload as people read it: one element or segment per line, every token exactly as it came."""

import json
import re
from typing import NamedTuple

FORMAT_LIMIT = 500_000  # characters; beyond it only the beginning is shown, as it came
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_XML_TOKEN = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?]]>|<[^>]*>|[^<]+", re.DOTALL)
_XML_ENCODING = re.compile(rb"""<\?xml[^>]*encoding=["']([\w.-]+)["']""")
_COUNTED_PLACE = re.compile(r"(?:line|row|segment) (\d+)")
_INDENT = "  "


class Line(NamedTuple):
    """One line of the reading form."""

    text: str
    pointer: str | None = None  # JSON pointer of the value that stands on it


class Reading(NamedTuple):
    """A payload ready to be read."""

    syntax: str  # "json" | "xml" | "edifact" | "x12" | "text" | "binary"
    lines: list[Line]
    whole: bool  # False: only the beginning
    encoding: str | None  # the one it came in


def read(raw, redact=lambda text: text):
    """Lay a payload out for reading.

    :param bytes raw: the payload as it came
    :param redact: replaces secrets in a text before anything of it is laid out
    """
    text, encoding = decode(raw)
    if text is None:
        return Reading("binary", [], False, None)
    text = redact(text)
    whole = len(text) <= FORMAT_LIMIT
    syntax = sniff(text)
    layout = _LAYOUTS.get(syntax) if whole else None
    lines = layout(text) if layout else [Line(line) for line in text[:FORMAT_LIMIT].splitlines()]
    return Reading(syntax, lines, whole, encoding)


def decode(raw):
    """The text of a payload and the encoding it is in, or ``(None, None)`` when it is not text."""
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in raw[:1000] and not wide:
        return None, None
    declared = _XML_ENCODING.search(raw[:200])
    encodings = ("utf-16",) if wide else ("utf-8", declared[1].decode() if declared else "cp1252", "latin-1")
    for encoding in encodings:
        try:
            return raw.decode(encoding).removeprefix("\ufeff"), encoding
        except (UnicodeDecodeError, LookupError):
            continue
    return None, None


def sniff(text):
    """Which syntax a text is in, by how it begins."""
    start = text.lstrip()[:10]
    if start.startswith(("{", "[")):
        return "json"
    if start.startswith("<"):
        return "xml"
    if start.startswith(("UNA", "UNB", "UNH")):
        return "edifact"
    if start.startswith("ISA"):
        return "x12"
    return "text"


def places(lines, pointers):
    """The numbers (from 0) of the lines that pointers of errors name.

    :param pointers: JSON pointers, ``segment 12, element 3``, ``row 4, column price`` or ``line 2``; one to
        something that is missing names the nearest thing around it
    """
    by_pointer = {}
    for number, line in enumerate(lines):
        by_pointer.setdefault(line.pointer, number)
    found = set()
    for pointer in filter(None, pointers):
        counted = _COUNTED_PLACE.search(pointer)
        if counted:
            number = int(counted[1]) - 1
            if number < len(lines):
                found.add(number)
            continue
        while pointer and pointer not in by_pointer:
            pointer = pointer.rpartition("/")[0]
        if pointer in by_pointer:
            found.add(by_pointer[pointer])
    return sorted(found)


# -- layouts -----------------------------------------------------------------------------------


def _verbatim(text):
    return [Line(line) for line in text.splitlines()]


def _json(text):
    """JSON indented token by token: numbers and strings keep their spelling. What is not JSON stays as it
    came, because its errors name the line it came on."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return _verbatim(text)
    lines, line, stack, pointer = [], "", [], ""
    tokens = _JSON_TOKEN.findall(text)
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in "{[":
            line += token
            if after in "}]":
                continue  # an empty one stays on its line
            lines.append(Line(_INDENT * len(stack) + line, pointer))
            stack.append((pointer, token == "[", 0))
            line = ""
            pointer = _inner(pointer, 0) if token == "[" else pointer
        elif token in "}]":
            if tokens[at - 1] in "{[":
                line += token
                continue
            if line:
                lines.append(Line(_INDENT * len(stack) + line, pointer))
            pointer, _is_list, _index = stack.pop()
            line = token
        elif token == ",":
            lines.append(Line(_INDENT * len(stack) + line + ",", pointer))
            line = ""
            outer, is_list, index = stack[-1]
            stack[-1] = (outer, is_list, index + 1)
            pointer = _inner(outer, index + 1) if is_list else outer
        elif token == ":":
            line += ": "
        else:
            if after == ":":
                pointer = _inner(stack[-1][0], json.loads(token))
            line += token
    lines.append(Line(line, pointer))
    return lines


def _inner(pointer, key):
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def _xml(text):
    """One element per line; an element with only text in it stays on one line."""
    tokens = [token for token in _XML_TOKEN.findall(text) if token.strip()]
    lines, depth, at = [], 0, 0
    while at < len(tokens):
        token = tokens[at]
        following = tokens[at + 1 : at + 3]
        if token.startswith("</"):
            depth = max(depth - 1, 0)
            lines.append(Line(_INDENT * depth + token))
        elif token.startswith(("<?", "<!")) or token.endswith("/>") or not token.startswith("<"):
            lines.append(Line(_INDENT * depth + token.strip()))
        elif following and following[0].startswith("</"):
            lines.append(Line(_INDENT * depth + token + following[0]))
            at += 1
        elif len(following) == 2 and not following[0].startswith("<") and following[1].startswith("</"):
            lines.append(Line(_INDENT * depth + token + "".join(following)))
            at += 2
        else:
            lines.append(Line(_INDENT * depth + token))
            depth += 1
        at += 1
    return lines


def _edifact(text):
    """One segment per line; terminator and release character as UNA names them (ISO 9735-1, 7.1)."""
    text = text.strip()
    release, end = (text[6], text[8]) if text.startswith("UNA") and len(text) > 8 else ("?", "'")
    advice, body = (text[:9], text[9:]) if text.startswith("UNA") else ("", text)
    segment = re.compile(
        f"(?:[^{re.escape(release + end)}]|{re.escape(release)}.)+{re.escape(end)}?", re.DOTALL
    )
    lines = [Line(part.strip()) for part in segment.findall(body) if part.strip()]
    return [Line(advice), *lines] if advice else lines


def _x12(text):
    """One segment per line; the terminator follows the fixed-width ISA segment (X12.5: position 106)."""
    text = text.strip()
    end = text[105] if len(text) > 105 else "~"
    return [Line(part.strip() + end) for part in text.split(end) if part.strip()]


_LAYOUTS = {"json": _json, "xml": _xml, "edifact": _edifact, "x12": _x12}
