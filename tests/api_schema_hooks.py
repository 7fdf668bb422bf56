"""What schemathesis must know beyond the schemas: cursors, numbers and codes that exist; that an idempotency
key is a new one each time; the rules between fields (``x-rules``); and that a document is judged after it is
stored, so that who wants to know waits."""

import json
import os
import re
import uuid
from decimal import Decimal
from zlib import crc32

import schemathesis
from hypothesis import strategies as st
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase

from odoo.addons.trade_kernel.canonical import collect
from odoo.addons.trade_kernel.canonical.rules import RULES

_THERE = json.loads(os.environ["API_SCHEMA_KNOWN"])
_KEY = "Idempotency-Key"
_GOOD_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_WAIT = 10
_MANY = 50

# A cursor is opaque, so none can be made up: those the server gave.
for _name, _cursor in _THERE["cursors"].items():
    schemathesis.openapi.format(f"{_name}-cursor", st.just(_cursor))
schemathesis.openapi.format("idempotency-key", st.uuids().map(str))


@schemathesis.hook
def filter_case(context, case):
    """Whether it keeps the rules between fields: what breaks one is neither valid nor against the schema.

    Of the valid documents that cover every value of every field, one in many is enough.
    """
    if not isinstance(case.body, dict):
        return True
    text = json.dumps(case.body, sort_keys=True)
    if case.meta.phase.name == TestPhase.COVERAGE and not _is_wrong(case) and crc32(text.encode()) % _MANY:
        return False
    _document, errors = collect(json.loads(text, parse_float=Decimal))
    return not errors or any(error.code not in RULES for error in errors)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Every other time something that is there is asked for; each document has a new key; and what should be
    refused is waited for."""
    known = _THERE["known"].get(case.path.strip("/").split("/")[0])
    for name, value in (case.path_parameters or {}).items():
        if known and len(str(value)) % 2:
            case.path_parameters[name] = known[len(str(value)) // 2 % len(known)]
    if case.method != "POST":
        return
    key = (case.headers or {}).get(_KEY)
    if isinstance(key, str) and _GOOD_KEY.fullmatch(key):
        case.headers[_KEY] = str(uuid.uuid4()).ljust(len(key), "-")
    if _is_wrong(case) and str((case.query or {}).get("wait", 0)) in "0123456789":
        case.query = {**(case.query or {}), "wait": _WAIT}


def _is_wrong(case):
    """Whether the body is meant to be against its schema."""
    body = case.meta and case.meta.components.get(ParameterLocation.BODY)
    return bool(body and body.mode.is_negative)
