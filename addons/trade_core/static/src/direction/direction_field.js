import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const DIRECTIONS = {
    in: { icon: "fa-long-arrow-left", words: _t("From the partner") },
    out: { icon: "fa-long-arrow-right", words: _t("To the partner") },
};

/** Which way a document goes, as an arrow: left comes in, right goes out. */
export class TradeDirectionField extends Component {
    static template = "trade_core.DirectionField";
    static props = { ...standardFieldProps };

    get direction() {
        return DIRECTIONS[this.props.record.data[this.props.name]];
    }
}

registry.category("fields").add("trade_direction", {
    component: TradeDirectionField,
    displayName: _t("Trade direction"),
    supportedTypes: ["selection"],
});
