"""The options of the encoder that EDIFACT and X12 have in common, checked."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from ...errors import ValidationFailed
from ..base import option
from .values import zone

_LINE_ENDS = {"": "", "none": "", "lf": "\n", "crlf": "\r\n", "\n": "\n", "\r\n": "\r\n"}


class EdiProfile:
    """What a partner wants of the files we write.

    :raise ValidationFailed: ``codec.option``, for what none of them may be.
    """

    #: so many signs of an address of the envelope, at most
    longest_address: int | None = None

    def __init__(self, options: Mapping[str, Any]):
        self.options = options
        self.line_end = _LINE_ENDS[option(options, "line_ends", tuple(_LINE_ENDS), "")]
        self.sender, self.receiver = self.address("sender"), self.address("receiver")
        self.acknowledgement_requested = option(options, "acknowledgement_requested", (True, False), False)
        self.where: tzinfo = zone(options.get("timezone"))
        self.prepared_at = self._instant("prepared_at")
        # The table reads the partner's codes; what several of them mean is written as the first.
        self._units: dict[str, str] = {}
        for code, ours in mapping(options, "units").items():
            self._units.setdefault(ours, code)

    def unit(self, code: str) -> str:
        """The partner's code of a unit."""
        return self._units.get(code, code)

    def optional(self, tag: str) -> bool:
        """Whether a segment that says nothing necessary is written: those of ``omit_segments`` are not."""
        return tag not in (self.options.get("omit_segments") or ())

    def text(self, name: str) -> str:
        value = self.options.get(name)
        if value is None:
            return ""
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise bad_option(name, value)
        return str(value).strip()

    def address(self, name: str) -> dict[str, str]:
        given = self.options.get(name)
        if isinstance(given, str):
            given = {"id": given}
        usable = given is None or (isinstance(given, Mapping) and given.get("id"))
        if not usable or (given and self.longest_address and len(str(given["id"])) > self.longest_address):
            raise bad_option(name, given)
        return {key: str(value) for key, value in (given or {}).items() if value}

    def references(self, name: str) -> list[str]:
        given = self.options.get(name) or []
        if isinstance(given, str | int):
            given = [given]
        if not isinstance(given, list | tuple):
            raise bad_option(name, given)
        return [str(reference) for reference in given]

    def _instant(self, name: str) -> datetime | None:
        given = self.options.get(name)
        if given is None or given == "":
            return None
        try:
            instant = given if isinstance(given, datetime) else datetime.fromisoformat(given)
        except (TypeError, ValueError) as error:
            raise bad_option(name, given) from error
        return instant if instant.tzinfo else instant.replace(tzinfo=self.where)


def mapping(options: Mapping[str, Any], name: str) -> dict[str, str]:
    given = options.get(name) or {}
    if not isinstance(given, Mapping):
        raise bad_option(name, given)
    return {str(key): str(value) for key, value in given.items()}


def bad_option(name: str, given: Any) -> ValidationFailed:
    return ValidationFailed("codec.option", option=name, value=repr(given))
