"""Files from partners: what they are is read from their content, never from what the browser says.

PDF, pictures and office documents without macros. Whatever a browser could run (HTML, SVG) and programs are
refused by not being among these.
"""

import io
import zipfile
from typing import NamedTuple

from odoo.addons.trade_core import limits

#: setting → bytes a file may have, unless set
MAX_BYTES = ("trade_onboarding_portal.max_upload_bytes", 10_000_000, 10_000, 100_000_000)
#: files a step keeps, all that were ever uploaded counted
MOST_FILES = 20
LONGEST_NAME = 120
_MOST_MEMBERS = 5_000
#: how many times its size an office document may unfold to; what Odoo or a reader unpacks is no bomb
_MOST_UNFOLDED = 200
_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"


class Kind(NamedTuple):
    mimetype: str
    endings: tuple[str, ...]


_PDF = Kind("application/pdf", ("pdf",))
_STARTS = (
    (b"%PDF-", _PDF),
    (b"\x89PNG\r\n\x1a\n", Kind("image/png", ("png",))),
    (b"\xff\xd8\xff", Kind("image/jpeg", ("jpg", "jpeg"))),
    (b"II*\x00", Kind("image/tiff", ("tif", "tiff"))),
    (b"MM\x00*", Kind("image/tiff", ("tif", "tiff"))),
)
_WORD = Kind(f"{_OOXML}.wordprocessingml.document", ("docx",))
_SHEET = Kind(f"{_OOXML}.spreadsheetml.sheet", ("xlsx",))
_ODT = Kind(f"{_ODF}.text", ("odt",))
_ODS = Kind(f"{_ODF}.spreadsheet", ("ods",))
#: what the browser's dialog offers; only a help
ACCEPT = ".pdf,.png,.jpg,.jpeg,.tif,.tiff,.docx,.xlsx,.odt,.ods"


class UploadRefused(Exception):
    """:ivar args: what is wrong and what to do, in the reader's language"""


def max_bytes(env):
    return limits.number(env, *MAX_BYTES)


def check(env, filename, content):
    """
    :param str filename: as the browser says
    :param bytes content:
    :return: the name to keep and the type, from the content
    :raise UploadRefused: with the reason in words
    """
    _, most = env._, max_bytes(env)
    name = _name(filename)
    if not content:
        raise UploadRefused(_("%s is empty. Choose the file once more.", name))
    if len(content) > most:
        size = f"{most / 1_000_000:g}"
        raise UploadRefused(_("%(name)s is too large: at most %(size)s MB.", name=name, size=size))
    kind = sniff(content)
    if not kind:
        raise UploadRefused(
            _(
                "%s is not a file we can take. Send a PDF, a picture (PNG, JPEG, TIFF), or a Word, Excel or"
                " OpenDocument file without macros.",
                name,
            )
        )
    if unfolded(content) > len(content) * _MOST_UNFOLDED + 1_000_000:
        raise UploadRefused(
            _("%s unfolds to far more than a document of its size has. Send it as a PDF instead.", name)
        )
    stem, _dot, ending = name.rpartition(".")
    if ending.lower() not in kind.endings or not stem:
        raise UploadRefused(
            _(
                "%(name)s is really a .%(ending)s file. Rename it so that its name ends with .%(ending)s, and"
                " choose it again.",
                name=name,
                ending=kind.endings[0],
            )
        )
    return name, kind.mimetype


def sniff(content):
    """What a file is by its content, among what is taken; ``None`` for all else."""
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    return _office(content) if content.startswith(b"PK\x03\x04") else None


def unfolded(content):
    """Bytes a zip file says it has when it is unpacked; Python unpacks no more than that. 0 for others."""
    if not content.startswith(b"PK\x03\x04"):
        return 0
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return sum(member.file_size for member in file.infolist())


def _office(content):
    """Office documents are zip files; only their table of contents is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            members = file.infolist()
            names = {member.filename for member in members}
            if len(members) > _MOST_MEMBERS or any("vbaproject" in name.lower() for name in names):
                return None
            first = members[0] if members else None
            if first and first.filename == "mimetype" and first.file_size < 100 and not first.compress_type:
                said = file.read(first)
                return next((kind for kind in (_ODT, _ODS) if kind.mimetype.encode() == said), None)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    if "word/document.xml" in names:
        return _WORD
    return _SHEET if "xl/workbook.xml" in names else None


def _name(filename):
    """A name without folders and signs that are none of a name."""
    name = (filename or "").replace("\\", "/").rpartition("/")[2]
    name = "".join(char for char in name if char.isprintable() and char not in '<>:"|?*').strip(" .")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:LONGEST_NAME]}{dot}{ending[:10]}" or "file"
