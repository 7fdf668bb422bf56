import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A document as people read it: its header and its lines, marked where they differ from what was asked. */
export class TradeDocumentField extends Component {
    static template = "trade_core.DocumentField";
    static props = { ...standardFieldProps };

    get document() {
        return this.props.record.data[this.props.name];
    }

    get silent() {
        return _t("As asked: the document says nothing else about it.");
    }

    get differences() {
        const count = this.document.differences;
        return count === 1
            ? _t("1 line differs from what was asked.")
            : _t("%s lines differ from what was asked.", count);
    }

    get cut() {
        const { lines, total } = this.document;
        return total > lines.length ? _t("The first %s of %s lines.", lines.length, total) : "";
    }
}

registry.category("fields").add("trade_document", {
    component: TradeDocumentField,
    displayName: _t("Trade document"),
    supportedTypes: ["json"],
});
