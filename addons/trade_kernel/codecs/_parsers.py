"""What the parsers of others say about a broken file, in sentences of ours that can be translated.

A table holds what they say most often: a pattern of their words, and the phrase that says the same with the
names in it. Whatever else they say stays as they say it.
"""

import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

from ..errors import phrase, said

#: the code of a phrase, and the words it stands for
Patterns = Iterable[tuple[str, str]]


def in_our_words(message: str, patterns: Patterns) -> Any:
    """The message for the place of a placeholder; itself where no pattern is what it says."""
    for code, pattern in patterns:
        if match := re.fullmatch(pattern, message, re.DOTALL):
            return said(code, **match.groupdict())
    return message


# --- XML: libxml2, by the type of the error ---------------------------------------------------------
phrase("xml.syntax.other_end", "the element {opened} of line {begun} ends as {closed}")
phrase("xml.syntax.cut_off", "the file ends within the element {opened} of line {begun}")
phrase("xml.syntax.tag", "the tag {opened} of line {begun} has no end")
phrase("xml.syntax.tag_end", "> is missing")
phrase("xml.syntax.after", "there is more after the end of the outermost element")
phrase("xml.syntax.start", "it does not begin with an element")
phrase("xml.syntax.entity", "the entity {name} is not defined")
phrase("xml.syntax.ampersand", "& stands alone; as text it is written &amp;")
phrase("xml.syntax.semicolon", "; is missing after & and a name; as text & is written &amp;")
phrase("xml.syntax.less_than", "< stands before something that is no name; as text it is written &lt;")
phrase("xml.syntax.less_than_in_value", "the value of an attribute holds <; as text it is written &lt;")
phrase("xml.syntax.character", "the character with the number {number} is not allowed")
phrase("xml.syntax.character_in_value", "the value of an attribute holds a character that is not allowed")
phrase("xml.syntax.attribute_value", "the attribute {name} has no value")
phrase("xml.syntax.attribute_twice", "the attribute {name} stands twice in a tag")
phrase("xml.syntax.attribute_name", "something that is no name stands where an attribute is expected")
phrase("xml.syntax.attribute_blank", "a blank before an attribute is missing, or the end of the tag")
phrase("xml.syntax.quote", "a quotation mark before the value of an attribute is missing")
phrase("xml.syntax.quote_end", "a quotation mark after the value of an attribute is missing")
phrase("xml.syntax.prefix", "the prefix {prefix} has no namespace")
phrase("xml.syntax.comment", "a comment has no end")
phrase("xml.syntax.hyphens", "a comment holds two hyphens")
phrase("xml.syntax.cdata", "a CDATA section has no end")
phrase("xml.syntax.declaration", "the XML declaration does not stand at the beginning")

_TYPES = etree.ErrorTypes
XML: dict[int, Patterns] = {
    _TYPES.ERR_TAG_NAME_MISMATCH: [
        (
            "xml.syntax.other_end",
            r"Opening and ending tag mismatch: (?P<opened>\S+) line (?P<begun>\d+) and (?P<closed>\S+)",
        )
    ],
    _TYPES.ERR_TAG_NOT_FINISHED: [
        ("xml.syntax.cut_off", r"Premature end of data in tag (?P<opened>\S+) line (?P<begun>\d+)")
    ],
    _TYPES.ERR_GT_REQUIRED: [
        ("xml.syntax.tag", r"Couldn't find end of Start Tag (?P<opened>\S+) line (?P<begun>\d+)"),
        ("xml.syntax.tag_end", "expected '>'"),
    ],
    _TYPES.ERR_DOCUMENT_END: [("xml.syntax.after", "Extra content at the end of the document")],
    _TYPES.ERR_DOCUMENT_EMPTY: [("xml.syntax.start", "Start tag expected, '<' not found")],
    _TYPES.ERR_UNDECLARED_ENTITY: [("xml.syntax.entity", "Entity '(?P<name>[^']+)' not defined")],
    _TYPES.ERR_ENTITYREF_SEMICOL_MISSING: [("xml.syntax.semicolon", "EntityRef: expecting ';'")],
    _TYPES.ERR_NAME_REQUIRED: [
        ("xml.syntax.ampersand", "xmlParseEntityRef: no name"),
        ("xml.syntax.less_than", "StartTag: invalid element name"),
        ("xml.syntax.attribute_name", "error parsing attribute name"),
    ],
    _TYPES.ERR_LT_IN_ATTRIBUTE: [
        ("xml.syntax.less_than_in_value", "Unescaped '<' not allowed in attributes values")
    ],
    _TYPES.ERR_INVALID_CHAR: [
        (
            "xml.syntax.character",
            r"(?:PCDATA invalid Char|xmlParseCharRef: invalid xmlChar) value (?P<number>\d+)",
        ),
        ("xml.syntax.character_in_value", "invalid character in attribute value"),
    ],
    _TYPES.ERR_ATTRIBUTE_WITHOUT_VALUE: [
        ("xml.syntax.attribute_value", r"Specification mandates value for attribute (?P<name>\S+)")
    ],
    _TYPES.ERR_ATTRIBUTE_REDEFINED: [
        ("xml.syntax.attribute_twice", r"Attribute (?P<name>\S+) redefined"),
    ],
    _TYPES.ERR_SPACE_REQUIRED: [("xml.syntax.attribute_blank", "attributes construct error")],
    _TYPES.ERR_ATTRIBUTE_NOT_STARTED: [("xml.syntax.quote", "AttValue: \" or ' expected")],
    _TYPES.ERR_ATTRIBUTE_NOT_FINISHED: [("xml.syntax.quote_end", "AttValue: [\"'] expected")],
    _TYPES.NS_ERR_UNDEFINED_NAMESPACE: [
        ("xml.syntax.prefix", r"Namespace prefix (?P<prefix>\S+) (?:for \S+ )?on \S+ is not defined")
    ],
    _TYPES.ERR_COMMENT_NOT_FINISHED: [("xml.syntax.comment", "Comment not terminated")],
    _TYPES.ERR_HYPHEN_IN_COMMENT: [("xml.syntax.hyphens", "Double hyphen within comment: .*")],
    _TYPES.ERR_CDATA_NOT_FINISHED: [("xml.syntax.cdata", r"CData section not finished\s*")],
    _TYPES.ERR_RESERVED_XML_NAME: [
        ("xml.syntax.declaration", "XML declaration allowed only at the start of the document")
    ],
}

# --- XML Schema: libxml2 too ------------------------------------------------------------------------
phrase("ubl.schema.unexpected", "{element} is not expected here; expected: {expected}")
phrase("ubl.schema.too_much", "{element} is not expected here")
phrase("ubl.schema.incomplete", "{element} is not complete; expected: {expected}")
phrase("ubl.schema.type", "{name} holds “{value}”, which is not of the type {type}")
phrase("ubl.schema.value", "{name} holds “{value}”, which is not allowed")
phrase("ubl.schema.list", "{name} holds “{value}”; allowed: {allowed}")
phrase("ubl.schema.pattern", "{name} holds “{value}”, which does not follow the pattern {pattern}")
phrase("ubl.schema.attribute", "{element} must not have the attribute {attribute}")
phrase("ubl.schema.attribute_missing", "{element} lacks the attribute {attribute}")
phrase("ubl.schema.elements", "{element} must not hold elements")
phrase("ubl.schema.text", "{element} must not hold text of its own")

_ELEMENT = "Element '(?P<element>[^']+)'"
#: of an attribute, else of the element
_VALUE_OF = "Element '(?:[^']+', attribute ')?(?P<name>[^']+)'"
_NO_VALUE = f"{_VALUE_OF}: '(?P<value>.*)' is not a valid value of the"
_EXPECTED = r"Expected is (?:one of )?\( (?P<expected>.+) \)"
#: without namespaces and the full stop
SCHEMA: dict[int, Patterns] = {
    _TYPES.SCHEMAV_ELEMENT_CONTENT: [
        ("ubl.schema.unexpected", rf"{_ELEMENT}: This element is not expected\. {_EXPECTED}"),
        ("ubl.schema.too_much", f"{_ELEMENT}: This element is not expected"),
        ("ubl.schema.incomplete", rf"{_ELEMENT}: Missing child element\(s\)\. {_EXPECTED}"),
    ],
    _TYPES.SCHEMAV_CVC_DATATYPE_VALID_1_2_1: [
        ("ubl.schema.type", f"{_NO_VALUE} atomic type '(?:xs:)?(?P<type>[^']+)'"),
        ("ubl.schema.value", f"{_NO_VALUE} local atomic type"),
    ],
    _TYPES.SCHEMAV_CVC_ENUMERATION_VALID: [
        (
            "ubl.schema.list",
            rf"{_VALUE_OF}: \[facet 'enumeration'\] The value '(?P<value>.*)' is not an element of the set "
            r"\{(?P<allowed>.*)\}",
        )
    ],
    _TYPES.SCHEMAV_CVC_PATTERN_VALID: [
        (
            "ubl.schema.pattern",
            rf"{_VALUE_OF}: \[facet 'pattern'\] The value '(?P<value>.*)' is not accepted by the pattern "
            "'(?P<pattern>.*)'",
        )
    ],
    _TYPES.SCHEMAV_CVC_COMPLEX_TYPE_3_2_1: [
        (
            "ubl.schema.attribute",
            f"{_ELEMENT}, attribute '[^']+': The attribute '(?P<attribute>[^']+)' is not allowed",
        )
    ],
    _TYPES.SCHEMAV_CVC_COMPLEX_TYPE_4: [
        (
            "ubl.schema.attribute_missing",
            f"{_ELEMENT}: The attribute '(?P<attribute>[^']+)' is required but missing",
        )
    ],
    _TYPES.SCHEMAV_CVC_COMPLEX_TYPE_2_2: [
        ("ubl.schema.elements", f"{_ELEMENT}: Element content is not allowed, because .*")
    ],
    _TYPES.SCHEMAV_CVC_COMPLEX_TYPE_2_3: [
        ("ubl.schema.text", f"{_ELEMENT}: Character content other than whitespace is not allowed because .*")
    ],
}

# --- JSON and tables: Python ----------------------------------------------------------------------------
phrase("json.syntax.value", "a value is expected")
phrase("json.syntax.name", 'the name of a field is expected, in quotation marks (")')
phrase("json.syntax.colon", "a colon is expected")
COMMA = phrase("json.syntax.comma", "a comma or a closing bracket is expected")
phrase("json.syntax.last_comma", "there is a comma after the last value")
phrase("json.syntax.text", "a text has no end")
phrase("json.syntax.control", "a text holds a control character, such as the end of a line")
phrase("json.syntax.escape", "a backslash stands before something that may not follow it")
AFTER = phrase("json.syntax.after", "there is more after the end of the document")
AFTER_LIST = phrase("json.syntax.after_list", "there is more after the end of the list")
JSON: Patterns = [
    ("json.syntax.value", "Expecting value"),
    ("json.syntax.name", "Expecting property name enclosed in double quotes"),
    ("json.syntax.colon", "Expecting ':' delimiter"),
    ("json.syntax.comma", "Expecting ',' delimiter"),
    ("json.syntax.last_comma", "Illegal trailing comma before end of .*"),  # since Python 3.13
    ("json.syntax.text", "Unterminated string starting at"),
    ("json.syntax.control", "Invalid control character at"),
    ("json.syntax.escape", r"Invalid \\(?:uXXXX )?escape.*"),
    ("json.syntax.after", "Extra data"),
]

phrase("layout.csv.too_long", "a cell has more than {limit} characters; a quotation mark may be missing")
CSV: Patterns = [("layout.csv.too_long", r"field larger than field limit \((?P<limit>\d+)\)")]

phrase("layout.xlsx.cut_off", "the file is cut off or damaged")
XLSX: Patterns = [("layout.xlsx.cut_off", "File is not a zip file")]
