"""How large documents may be, whatever way they come: each limit is a setting with its reason."""

from dataclasses import asdict

from odoo.addons.trade_kernel.limits import DEFAULT, Limits

#: setting → its value unless set, the least and the most it may be
SETTINGS = {
    "trade_core.max_bytes": (DEFAULT.max_bytes, 1_000, 500_000_000),
    "trade_core.max_documents": (DEFAULT.max_documents, 1, 1_000_000),
    "trade_core.max_lines": (DEFAULT.max_lines, 1, 1_000_000),
    "trade_core.max_depth": (DEFAULT.max_depth, 8, 100),
    "trade_core.max_errors": (DEFAULT.max_errors, 1, 10_000),
}
#: the same for files that are read in pieces
FILES = {
    "trade_core.max_file_bytes": (500_000_000, 1_000_000, 2_000_000_000),
    "trade_core.piece_lines": (1_000, 10, 20_000),
}


def number(env, name, default, least, most):
    """A limit from the system parameters; the default when what is set makes no sense."""
    text = (env["ir.config_parameter"].sudo().get_param(name) or "").strip()
    return min(max(int(text), least), most) if text.isascii() and text.isdecimal() else default


def of(env) -> Limits:
    """The limits that hold. Costs no query while the system parameters are cached."""
    return Limits(**{name.partition(".")[2]: number(env, name, *bounds) for name, bounds in SETTINGS.items()})


def of_file(env, name):
    """One of the limits of :data:`FILES`, by its name without ``trade_core.``."""
    name = f"trade_core.{name}"
    return number(env, name, *FILES[name])


def option(env, given):
    """The option ``limits`` of codecs: the settings, and before them what a route says (limit → number)."""
    return {**asdict(of(env)), **(given or {})} if isinstance(given or {}, dict) else given
