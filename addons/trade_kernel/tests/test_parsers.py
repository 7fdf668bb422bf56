"""What parsers of others say of broken files: really said by them, and said by us with the names in it."""

import sys

import pytest

from .. import codecs
from ..codecs import _xml
from ..codecs.layout import spec
from ..codecs.layout.rows import rows
from ..codecs.ubl import check
from ..codecs.ubl.documents import UBL
from ..errors import PHRASES, ValidationFailed, rendered
from ..limits import DEFAULT
from .test_layout import layout, workbook

#: what is said → of what
XML = {
    "the element b of line 2 ends as a": "<a>\n<b></a>",
    "the file ends within the element b of line 2": "<a>\n<b>",
    "the tag a of line 1 has no end": "<a",
    "> is missing": "<a></a",
    "there is more after the end of the outermost element": "<a/><b/>",
    "it does not begin with an element": "Order 4711",
    "the entity nbsp is not defined": "<a>&nbsp;</a>",
    "& stands alone; as text it is written &amp;": "<a>Meier & Co</a>",
    "; is missing after & and a name; as text & is written &amp;": "<a>R&D costs</a>",
    "< stands before something that is no name; as text it is written &lt;": "<a>1 < 2</a>",
    "the value of an attribute holds <; as text it is written &lt;": "<a b='<'/>",
    "the character with the number 1 is not allowed": "<a>\x01</a>",
    "the character with the number 0 is not allowed": "<a>&#0;</a>",
    "the value of an attribute holds a character that is not allowed": "<a b='\x01'/>",
    "the attribute b has no value": "<a b/>",
    "the attribute b stands twice in a tag": "<a b='1' b='2'/>",
    "something that is no name stands where an attribute is expected": "<a \u00a0b='1'/>",
    "a blank before an attribute is missing, or the end of the tag": "<a b='1'c='2'/>",
    "a quotation mark before the value of an attribute is missing": "<a b=1/>",
    "a quotation mark after the value of an attribute is missing": "<a b='1",
    "the prefix p has no namespace": "<a p:b='1'/>",
    "a comment has no end": "<a><!-- ",
    "a comment holds two hyphens": "<a><!-- -- --></a>",
    "a CDATA section has no end": "<a><![CDATA[ x",
    "the XML declaration does not stand at the beginning": "<a><?xml version='1.0'?></a>",
}
END = "<d f=''>1</d>"
SCHEMA = {
    "d is not expected here; expected: b": "<d f=''>1</d>",
    "d is not expected here": f"<b>EUR</b><c>123</c>{END}<e>2026-03-02</e>{END}",
    "Order is not complete; expected: c": "<b>EUR</b>",
    "e holds “1”, which is not of the type date": f"<b>EUR</b><c>123</c>{END}<e>1</e>",
    "g holds “x”, which is not of the type integer": "<b>EUR</b><c>123</c><d f='' g='x'>1</d>",
    "d holds “1,5”, which is not allowed": "<b>EUR</b><c>123</c><d f=''>1,5</d>",
    "b holds “it's”; allowed: 'EUR', 'CHF'": f"<b>it's</b><c>123</c>{END}",
    "c holds “1\n2”, which does not follow the pattern [0-9]{3}": f"<b>EUR</b><c>1\n2</c>{END}",
    "d must not have the attribute x": "<b>EUR</b><c>123</c><d f='' x=''>1</d>",
    "d lacks the attribute f": "<b>EUR</b><c>123</c><d>1</d>",
    "d must not hold elements": "<b>EUR</b><c>123</c><d f=''>1<e/></d>",
    "Order must not hold text of its own": f"text<b>EUR</b><c>123</c>{END}",
}
JSON = {
    "a value is expected": '{"id": }',
    'the name of a field is expected, in quotation marks (")': "{'id': 1}",
    "a colon is expected": '{"id" 1}',
    "a comma or a closing bracket is expected": '{"id": 1 "x": 2}',
    "a text has no end": '{"id": "1',
    "a text holds a control character, such as the end of a line": '{"id": "1\n2"}',
    "a backslash stands before something that may not follow it": r'{"id": "\x"}',
    "there is more after the end of the document": "{} {}",
    "there is more after the end of the list": "[{}] {}",
}
if sys.version_info >= (3, 13):
    JSON["there is a comma after the last value"] = '{"id": 1,}'


def said(detail):
    return rendered("{detail}", {"detail": detail})


def phrases(beginning):
    return {code for code in PHRASES if code.startswith(beginning)}


# --- XML ------------------------------------------------------------------------------------------
def of_xml(text):
    with pytest.raises(ValidationFailed) as caught:
        _xml.read(text.encode(), DEFAULT)
    assert caught.value.code == "xml.syntax"
    return caught.value.params["detail"]


@pytest.mark.parametrize("words", XML)
def test_xml(words):
    assert said(of_xml(XML[words])) == words


def test_every_phrase_about_xml_is_said():
    assert {of_xml(text)["code"] for text in XML.values()} == phrases("xml.syntax.")


def test_what_the_parser_says_seldom_stays_as_it_says_it():
    assert of_xml("<a><? ?></a>") == "xmlParsePI : no target name"


# --- XML Schema -----------------------------------------------------------------------------------
#: with what schemas of UBL have, and lists and patterns, which only old ones have
XSD = f"""
<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns="{UBL}Order-2" targetNamespace="{UBL}Order-2">
  <s:simpleType name="Code">
    <s:restriction base="s:string"><s:enumeration value="EUR"/><s:enumeration value="CHF"/></s:restriction>
  </s:simpleType>
  <s:simpleType name="Number">
    <s:restriction base="s:string"><s:pattern value="[0-9]{{3}}"/></s:restriction>
  </s:simpleType>
  <s:complexType name="Any"><s:simpleContent><s:extension base="s:decimal">
    <s:attribute name="f" use="required"/><s:attribute name="g" type="s:integer"/>
  </s:extension></s:simpleContent></s:complexType>
  <s:complexType name="Amount"><s:simpleContent><s:restriction base="Any"/></s:simpleContent></s:complexType>
  <s:element name="Order"><s:complexType><s:sequence>
    <s:element name="b" type="Code"/>
    <s:element name="c" type="Number"/>
    <s:element name="d" type="Amount"/>
    <s:element name="e" type="s:date" minOccurs="0"/>
  </s:sequence></s:complexType></s:element>
</s:schema>"""


@pytest.fixture(scope="module")
def of_schema(tmp_path_factory):
    folder = tmp_path_factory.mktemp("schemas")
    (folder / "maindoc").mkdir()
    (folder / "maindoc" / "UBL-Order-2.0.xsd").write_text(XSD)

    def of_schema(inner):
        raw = f"<o:Order xmlns:o='{UBL}Order-2'>{inner}</o:Order>"
        found = check.validate(raw.encode(), {"schemas": str(folder)})
        return [error.params["detail"] for error in found]

    return of_schema


@pytest.mark.parametrize("words", SCHEMA)
def test_xml_schema(words, of_schema):
    assert words in [said(detail) for detail in of_schema(SCHEMA[words])]


def test_every_phrase_about_a_schema_is_said(of_schema):
    found = {detail["code"] for inner in SCHEMA.values() for detail in of_schema(inner)}
    assert found == phrases("ubl.schema.")


# --- JSON and tables ---------------------------------------------------------------------------------
def of_json(text):
    part = list(codecs.get("canonical_json").decode(text.encode()))[-1]
    [error] = part.errors
    assert error.code == "json.syntax"
    return error.params["detail"]


@pytest.mark.parametrize("words", JSON)
def test_json(words):
    assert said(of_json(JSON[words])) == words


def test_every_phrase_about_json_is_said():
    newer = {"json.syntax.last_comma"} if sys.version_info < (3, 13) else set()
    assert {of_json(text)["code"] for text in JSON.values()} == phrases("json.syntax.") - newer


@pytest.mark.parametrize("text", ['{"a": }', "{} {}", '{"a"'])
def test_a_layout_says_of_json_what_the_native_format_says(text):
    with pytest.raises(ValidationFailed) as caught:
        list(rows(text.encode(), spec.read(layout(format="json", rows="@")["layout"]), DEFAULT))
    error = caught.value
    assert (error.code, error.pointer) == ("json.syntax", f"line 1, column {error.params['column']}")
    assert error.params["detail"]["code"] in phrases("json.syntax.")


def test_csv():
    with pytest.raises(ValidationFailed) as caught:
        list(rows(b"a;b\n1;" + b"x" * 100_001, spec.read(layout(format="csv")["layout"]), DEFAULT))
    assert caught.value.code == "layout.csv"
    detail = caught.value.params["detail"]
    assert said(detail) == "a cell has more than 100000 characters; a quotation mark may be missing"
    assert {detail["code"]} == phrases("layout.csv.")


def test_xlsx():
    book = workbook(["Item", "Free"], ["7", "3"])
    with pytest.raises(ValidationFailed) as caught:
        list(rows(book[:-100], spec.read(layout(format="xlsx")["layout"]), DEFAULT))
    assert caught.value.message == "This is no XLSX file that can be read: the file is cut off or damaged."
    assert {caught.value.params["detail"]["code"]} == phrases("layout.xlsx.")
