import { Component } from "@odoo/owl";
import { CopyButton } from "@web/core/copy_button/copy_button";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** A new key or secret, shown this once: it is in no record, so that it cannot be read again. */
export class TradeSecretDialog extends Component {
    static template = "trade_core.SecretDialog";
    static components = { CopyButton, Dialog };
    static props = {
        title: String,
        secret: String,
        note: { type: String, optional: true },
        header: { type: String, optional: true },
        close: Function,
    };

    get copied() {
        return _t("Copied");
    }
}

/** See secret_shown.py. What follows is opened first: opening it closes dialogs. */
async function showSecret(env, { params }) {
    const { title, secret, note, header, next } = params;
    try {
        await env.services.action.doAction(next);
    } finally {
        env.services.dialog.add(TradeSecretDialog, { title, secret, note, header });
    }
}

registry.category("actions").add("trade_show_secret", showSecret);
