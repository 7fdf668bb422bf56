"""XML that partners send: what is never done with it, and what is said when it cannot be read."""

import http.server
import threading
import time
from dataclasses import replace

import pytest

from ..codecs import _xml
from ..errors import ValidationFailed
from ..limits import DEFAULT

BOMB = b"""<!DOCTYPE a [
<!ENTITY a "lol">%s
]><a>&z;</a>""" % b"".join(
    b'<!ENTITY %c "%s">' % (letter + 1, b"&%c;" % letter * 10) for letter in b"abcdefghijklmnopqrstuvwxy"
)


def refusal(data, encoding=None, limits=DEFAULT):
    with pytest.raises(ValidationFailed) as caught:
        _xml.read(data, limits, encoding)
    return caught.value


@pytest.mark.parametrize(
    "data, code, pointer",
    [
        (b"", "file.empty", None),
        (b"\xef\xbb\xbf \n", "file.empty", None),
        (b"<a><b></a>", "xml.syntax", "line 1, column 11"),
        (b"<a>\n<b></a>", "xml.syntax", "line 2, column 8"),
        (b"<a>&nbsp;</a>", "xml.syntax", "line 1, column 10"),
        (b"<a>\n  x\0</a>", "xml.nul", "line 2, column 4"),
        (b"<a>&#0;</a>", "xml.syntax", "line 1, column 8"),
        (b"<a>\x01</a>", "xml.syntax", "line 1, column 4"),
        (b"<a>" * 10_000 + b"</a>" * 10_000, "xml.too_deep", "line 1, column 771"),
        (b"<a>" * 10_000, "xml.too_deep", "line 1, column 771"),
        (b"<a>" * 33 + b"</a>" * 33, "xml.too_deep", None),
        (b"<a>" + b"x" * 10_100_000 + b"</a>", "xml.text_too_long", "line 1, column 10004001"),
        (b'<a b="' + b"x" * 10_100_000 + b'"/>', "xml.text_too_long", "line 1, column 10003992"),
        ("<a>é</a>".encode("latin-1"), "file.encoding", None),
        ('<?xml version="1.0" encoding="ascii"?><a>é</a>'.encode(), "file.encoding", None),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "file.encoding_unknown", None),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "file.encoding_unknown", None),
        (b'<?xml version="1.0" encoding="base64"?><a/>', "file.encoding_unknown", None),
        ("<a>x</a>".encode("utf-16")[:-1], "file.encoding", None),
        (BOMB, "xml.entities", "line 2, column 1"),
        (BOMB.decode().encode("utf-16"), "xml.entities", "line 2, column 1"),
        (BOMB.replace(b"<a>&z;", b'<a b="&z;">'), "xml.entities", "line 2, column 1"),
        (
            b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
            "xml.entities",
            "line 1, column 14",
        ),
        (
            b'<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1/">%b;]><a/>',
            "xml.entities",
            "line 1, column 14",
        ),
        (b'<!DOCTYPE a SYSTEM "a.dtd"><a>&b;</a>', "xml.entities", "/a, line 1"),
        (b'<!DOCTYPE a SYSTEM "a.dtd"><a b="&b;"/>', "xml.entities", None),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_refused_says_why_and_where(data, code, pointer):
    error = refusal(data)
    assert (error.code, error.pointer) == (code, pointer)


def test_a_file_over_the_limit_is_not_even_looked_at():
    assert refusal(b"\0" * 11, limits=replace(DEFAULT, max_bytes=10)).code == "file.too_large"


@pytest.mark.parametrize(
    "data, encoding",
    [
        ("<a>é</a>".encode(), None),
        (b"\xef\xbb\xbf<a>\xc3\xa9</a>", "latin-1"),
        ('\n<?xml version="1.0"?><a>é</a>'.encode(), None),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("latin-1"), None),
        ('<?xml version="1.0" encoding="UTF-8"?><a>é</a>'.encode("latin-1"), "latin-1"),
        ('<?xml version="1.0" encoding="UTF-16"?><a>é</a>'.encode("utf-16"), None),
        ('<?xml version="1.0" encoding="UTF-16"?><a>é</a>'.encode("utf-16-be"), None),
        ('<?xml version="1.0" encoding="UTF-16"?><a>é</a>'.encode(), None),
        ("<a>é</a>".encode("utf-32"), None),
        ('<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a><!-- c -->é<?p i?></a>'.encode(), None),
        ("<a><![CDATA[é]]></a>".encode(), None),
    ],
)
def test_what_is_read(data, encoding):
    assert _xml.read(data, DEFAULT, encoding).text == "é"


def test_nothing_is_fetched():
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_arguments):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/x"
        for data in (
            f'<!DOCTYPE a SYSTEM "{address}.dtd"><a/>',
            f'<!DOCTYPE a PUBLIC "-//X//Y" "{address}.dtd"><a>&b;</a>',
            f'<!DOCTYPE a [<!ENTITY b SYSTEM "{address}">]><a>&b;</a>',
            f'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{address}"/></a>',
            f'<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="u {address}"/>',
        ):
            try:
                _xml.read(data.encode(), DEFAULT)
            except ValidationFailed as error:
                assert error.code == "xml.entities"
        server.shutdown()
    assert asked == []


def test_a_bomb_costs_nothing():
    start = time.process_time()
    refusal(BOMB)
    assert time.process_time() - start < 1


def test_places_say_which_and_on_which_line():
    root = _xml.read(b'<a xmlns:p="u">\n<b/>\n<b><p:c/></b></a>', DEFAULT)
    assert _xml.place(root[1][0]) == "/a/b[2]/p:c, line 3"
    assert _xml.place(root, "id") == "/a/@id, line 1"


@pytest.mark.parametrize(
    "data, count",
    [
        (b"<a/>", 1),
        (b"<a>1</a><a>2</a>\n", 2),
        (b'<?xml version="1.0"?>\n<a>1</a>\n<?xml version="1.0"?><b/>', 2),
        (b"<a>1</a>\n<a>", 2),
        (b"no tag at all", 1),
    ],
)
def test_documents_one_behind_the_other_are_cut_apart(data, count):
    pieces = _xml.pieces(data)
    assert len(pieces) == count
    assert b"".join(pieces).split() == data.split()
