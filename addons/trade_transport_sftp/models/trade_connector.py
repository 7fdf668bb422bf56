import os
import re
from functools import partial
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.trade_core import server
from odoo.addons.trade_core.tools import notice
from odoo.addons.trade_kernel.errors import ValidationFailed

from ..files import sftp
from ..files.calls import PickUp, Put
from ..files.local import LocalStore
from ..files.probe import StoreTest
from ..files.store import StoreError, inside

SFTP, FOLDER = "sftp", "folder"
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


class TradeConnector(models.Model):
    """Transports "sftp" and "folder": files are put into folders and picked up from them. See
    ``docs/connectors/sftp.md``."""

    _inherit = "trade.connector"

    transport = fields.Selection(
        selection_add=[(SFTP, "SFTP"), (FOLDER, "Folder on this server")],
        ondelete={SFTP: "set default", FOLDER: "set default"},
    )
    auth_method = fields.Selection(
        selection_add=[("ssh_key", "SSH key")], ondelete={"ssh_key": "set default"}
    )
    sftp_host_key = fields.Char(
        "The server's key",
        copy=False,
        tracking=True,
        help="Its fingerprint, such as SHA256:… Nothing is said to a server that shows another one. Two,"
        " with a"
        " blank between, while the partner changes it.",
    )
    sftp_settle = fields.Float(
        "Wait before taking (seconds)",
        default=3.0,
        help="A file is taken when it has not changed for so long: what is still being written is left"
        " alone.",
    )

    _settle_range = models.Constraint(
        "CHECK (sftp_settle IS NULL OR sftp_settle BETWEEN 0 AND 60)", "Wait 0 to 60 seconds."
    )

    # -- constraints ---------------------------------------------------------------------------

    @api.constrains("base_url", "transport")
    def _check_base_url(self):
        files = self.filtered(lambda connector: connector.transport in (SFTP, FOLDER))
        result = super(TradeConnector, self - files)._check_base_url()
        for connector in files.filtered("base_url"):
            if connector.transport == SFTP:
                self._check_sftp_address(connector.base_url)
            elif not connector.base_url.startswith("/"):
                raise ValidationError(self.env._("Enter the folder's whole path, beginning with a slash."))
        return result

    @api.constrains("transport", "auth_method")
    def _check_sftp_auth(self):
        for connector in self.filtered(lambda connector: connector.transport == SFTP):
            if connector.auth_method not in ("basic", "ssh_key"):
                raise ValidationError(
                    self.env._("An SFTP server asks for a password or an SSH key. Choose one.")
                )

    @api.constrains("sftp_host_key")
    def _check_sftp_host_key(self):
        for connector in self.filtered("sftp_host_key"):
            if not all(_FINGERPRINT.fullmatch(one) for one in connector.sftp_host_key.split()):
                raise ValidationError(
                    self.env._(
                        "A server's key is entered as its fingerprint: SHA256: and 43 characters, as"
                        " ssh-keygen -l"
                        " shows it. Test connection shows the one the server has."
                    )
                )

    @api.model
    def _check_sftp_address(self, address):
        """:raise ValidationError: it is no address of an SFTP server"""
        try:
            parts = urlsplit(address)
            parts.port  # noqa: B018 - raises on a port that is none
        except ValueError:
            parts = urlsplit("")
        if parts.scheme != "sftp" or not parts.hostname or re.search(r"[\s\\]", address):
            raise ValidationError(
                self.env._(
                    "The address begins with sftp:// and names a server: sftp://sftp.example.com:22/folder"
                )
            )
        if parts.username is not None or parts.password is not None:
            raise ValidationError(self.env._("Enter the user name under Credentials, not in the address."))

    # -- transport -----------------------------------------------------------------------------

    def _trade_send(self, message):
        if self.transport not in (SFTP, FOLDER):
            return super()._trade_send(message)
        route = message.route_id
        return Put(
            self._files_open(),
            route.endpoint or "",
            route._file_name(message),
            message._raw(),
            repeated=bool(message.attempt_count or message.claimed_at),
        )

    def _trade_poll(self, route):
        if self.transport not in (SFTP, FOLDER):
            return super()._trade_poll(route)
        return PickUp(
            self._files_open(),
            route.endpoint or "",
            route.file_pattern or "*",
            self.sftp_settle,
            route.file_after,
            route.file_archive or inside(route.endpoint or "", "archive"),
            frozenset((route.poll_cursor or "").splitlines()) if route.file_after == "keep" else frozenset(),
            route._max_file_bytes(),
        )

    def _trade_test(self):
        if self.transport not in (SFTP, FOLDER):
            return super()._trade_test()
        routes = self.env["trade.route"].search([("connector_id", "=", self.id)])
        folders = tuple(sorted({route.endpoint or "" for route in routes}))
        line = self._sftp_line() if self.transport == SFTP else None
        return StoreTest(line, self._files_open(), folders)

    def _check_ready(self):
        if self.transport not in (SFTP, FOLDER):
            return super()._check_ready()
        self._files_open()
        return None

    def _files_open(self):
        """What opens the store; it is called without a database.

        :raise TradeError: an address, a credential or a permission is missing
        """
        if not self.base_url:
            raise ValidationFailed(
                "connector.address_missing", connector=self.display_name, subject=f"connector:{self.id}"
            )
        if self.transport == SFTP:
            return partial(sftp.SftpStore, self._sftp_line())
        self._check_folder()
        return partial(LocalStore, self.base_url)

    def _sftp_line(self):
        parts = urlsplit(self.base_url)
        credential = self._needed_credential()
        secret = credential._secret()
        by_key = credential.kind == "ssh_key"
        return sftp.Line(
            host=parts.hostname,
            port=parts.port or sftp.PORT,
            root=parts.path.rstrip("/"),
            login=credential.login or "",
            host_key=self.sftp_host_key or "",
            key=secret if by_key else None,
            secret=None if by_key else secret,
            connect_timeout=self.connect_timeout,
            timeout=self.read_timeout,
        )

    def _check_folder(self):
        """Which folders of the server Odoo may use is for who runs the server to say, not for who uses Odoo.

        :raise ValidationFailed: ``files.folder_forbidden``
        """
        allowed = [folder.strip() for folder in server.setting("folders").split(",") if folder.strip()]
        here = os.path.realpath(self.base_url)
        if not any(
            os.path.commonpath([here, os.path.realpath(one)]) == os.path.realpath(one) for one in allowed
        ):
            raise ValidationFailed(
                "files.folder_forbidden", folder=self.base_url, subject=f"connector:{self.id}"
            )

    # -- what people press ---------------------------------------------------------------------

    def action_trust_host_key(self):
        """Ask the server for its key and trust it from now on."""
        self.ensure_one()
        self.check_access("write")
        parts = urlsplit(self.base_url or "")
        session = sftp.Session(
            sftp.Line(
                parts.hostname or "",
                parts.port or sftp.PORT,
                "",
                "",
                "",
                connect_timeout=self.connect_timeout,
            )
        )
        try:
            session.connect()
            shown = session.host_key()
        except StoreError as error:
            raise UserError(str(error)) from None
        finally:
            session.close()
        self.sftp_host_key = shown
        return notice(
            self.env._("From now on the server must show %s. Compare it with what the partner says.", shown),
            "success",
        )
