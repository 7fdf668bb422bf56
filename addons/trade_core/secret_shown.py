"""Showing a new key or secret, this once: it travels in the answer to the button and is kept nowhere else."""


def show_secret(title, secret, note="", header="", following=None):
    """The action that shows it.

    :param str note: what to do with it
    :param str header: what else has to be copied, such as the header it is sent in
    :param dict following: what is opened below the dialog; by default what is open is read again
    """
    return {
        "type": "ir.actions.client",
        "tag": "trade_show_secret",
        "params": {
            "title": title,
            "secret": secret,
            "note": note,
            "header": header,
            "next": following or {"type": "ir.actions.client", "tag": "soft_reload"},
        },
    }
