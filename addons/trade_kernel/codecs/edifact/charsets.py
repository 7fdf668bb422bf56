"""The character sets an interchange can announce (UN/EDIFACT 0001)."""

from ...errors import ValidationFailed

#: 0001 → Python's codec
CHARSETS = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOL": "iso8859-15",
    "UNOW": "utf-8",
    "UNOX": "iso2022_jp_2",
    "UNOY": "utf-8",
    "KECA": "cp949",
    "IATA": "ascii",
    "IATB": "ascii",
}
#: what several bytes make one character in: no text of them is valid UTF-8 by chance more often than not
_MULTIBYTE = {"cp949", "iso2022_jp_2"}


def decoded(data: bytes, identifier: str, given: str | None = None) -> tuple[str, str]:
    """The text of ``data`` and the codec that read it.

    Many senders announce one set and send another. What is valid UTF-8 beyond ASCII is UTF-8; what is not in
    the announced set is read as Windows-1252, or at last as ISO 8859-1, which gives every byte a character.

    :param identifier: the announced set (0001).
    :param given: the codec named on the route; it is believed.
    :raise ValidationFailed: ``file.encoding`` when the data is not in ``given``.
    """
    if data.isascii() and not (given or identifier == "UNOX"):
        return data.decode("ascii"), CHARSETS.get(identifier, "ascii")
    if given:
        try:
            return data.decode(given), given
        except UnicodeDecodeError as error:
            position = error.start + 1
            raise ValidationFailed("file.encoding", encoding=given, position=position) from error
        except LookupError as error:
            raise ValidationFailed("file.encoding_unknown", encoding=repr(given)) from error
    announced = CHARSETS.get(identifier, "ascii")
    order = ["utf-8", announced, "cp1252"]
    if announced in _MULTIBYTE:
        order = [announced, "utf-8", "cp1252"]
    for name in order:
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    return data.decode("iso8859-1"), "iso8859-1"


def encoded(text: str, identifier: str | None, syntax_version: int) -> tuple[bytes, str]:
    """The bytes of ``text`` and the set they are in.

    :param identifier: the set to use; without one the first of UNOC and UNOW (UNOY before syntax 4) that can
        hold the text.
    :raise ValidationFailed: ``codec.option`` for an unknown set, ``codec.cannot_carry`` for a character that
        the set does not have.
    """
    if identifier:
        name = CHARSETS.get(identifier)
        if name is None:
            raise ValidationFailed("codec.option", option="charset", value=identifier)
        try:
            return text.encode(name), identifier
        except UnicodeEncodeError as error:
            what = f"the character {text[error.start]!r}"
            reason = f"the character set {identifier} does not have it"
            raise ValidationFailed("codec.cannot_carry", what=what, reason=reason) from error
    try:
        data = text.encode("iso8859-1")
        if data.isascii() or decoded(data, "UNOC")[0] == text:
            return data, "UNOC"
    except UnicodeEncodeError:
        pass
    return text.encode(), "UNOW" if syntax_version >= 4 else "UNOY"
