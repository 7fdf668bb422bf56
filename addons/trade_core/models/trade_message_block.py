import hashlib
import io
import zlib
from typing import BinaryIO

import psycopg2
from odoo import api, fields, models
from odoo.tools import SQL

#: a payload beyond this many bytes is kept in blocks of this many, so that it is never in memory as a whole
BLOCK = 1 << 20


class TradeMessageBlock(models.Model):
    """A block of a payload that is too large for one row's column. Written once, with its message."""

    _name = "trade.message.block"
    _description = "Block of a Large Payload"
    _log_access = False

    message_id = fields.Many2one("trade.message", required=True, readonly=True, ondelete="cascade")
    number = fields.Integer(required=True, readonly=True)
    # Compressed (zlib), unlike other binary fields not in Base64: only the methods below read and write it.
    data = fields.Binary(attachment=False, readonly=True)

    _unique_number = models.UniqueIndex("(message_id, number)")

    @api.model
    def _store(self, message_id, file):
        """Keep a file as the payload of a message.

        :param BinaryIO file: read from where it stands to its end
        """
        for number, block in enumerate(iter(lambda: file.read(BLOCK), b"")):
            values = (message_id, number, psycopg2.Binary(zlib.compress(block, 1)))
            self.env.cr.execute(
                SQL("INSERT INTO trade_message_block (message_id, number, data) VALUES %s", values)
            )

    @api.model
    def _open(self, message_id) -> BinaryIO:
        """The payload of a message, read block by block."""
        return io.BufferedReader(_Blocks(self.env, message_id), BLOCK)


class _Blocks(io.RawIOBase):
    """Reads blocks when they are asked for; one is in memory."""

    def __init__(self, env, message_id):
        super().__init__()
        self._env, self._message_id = env, message_id
        self._position, self._number, self._block = 0, -1, b""

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=io.SEEK_SET):
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("only from the beginning")
        self._position = offset
        return offset

    def tell(self):
        return self._position

    def readinto(self, buffer):
        number, start = divmod(self._position, BLOCK)
        if number != self._number:
            rows = self._env.execute_query(
                SQL(
                    "SELECT data FROM trade_message_block WHERE message_id = %s AND number = %s",
                    self._message_id,
                    number,
                )
            )
            self._number, self._block = number, zlib.decompress(rows[0][0]) if rows else b""
        part = self._block[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)


def measured(file):
    """``(SHA-256 in hex, bytes)`` of an open file, which is left at its beginning."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return digest, size
