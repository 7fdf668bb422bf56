import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What a code might mean, each with the evidence for it; a click fills the one field below. */
export class TradeCandidatesField extends Component {
    static template = "trade_core.CandidatesField";
    static props = { ...standardFieldProps };

    get candidates() {
        return this.props.record.data[this.props.name] || [];
    }

    get target() {
        return this.props.record.data.mapping_kind === "uom" ? "fix_uom_id" : "fix_product_id";
    }

    isChosen(candidate) {
        return this.props.record.data[this.target]?.id === candidate.id;
    }

    choose(candidate) {
        return this.props.record.update({
            [this.target]: { id: candidate.id, display_name: candidate.name },
        });
    }
}

registry.category("fields").add("trade_candidates", {
    component: TradeCandidatesField,
    displayName: _t("Candidates"),
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "mapping_kind", type: "char", readonly: true }],
});
