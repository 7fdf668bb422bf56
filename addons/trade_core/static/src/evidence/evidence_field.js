import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** How the partner's codes were resolved: which code, to what, and why. */
export class TradeEvidenceField extends Component {
    static template = "trade_core.EvidenceField";
    static props = { ...standardFieldProps };

    get evidence() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("trade_evidence", {
    component: TradeEvidenceField,
    displayName: _t("Trade evidence"),
    supportedTypes: ["json"],
});
