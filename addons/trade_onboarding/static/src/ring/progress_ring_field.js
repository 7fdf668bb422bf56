import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const AROUND = 2 * Math.PI * 15; // of a circle of radius 15

/** A percentage as a ring with the number in it. */
export class TradeProgressRingField extends Component {
    static template = "trade_onboarding.ProgressRingField";
    static props = { ...standardFieldProps };

    get percent() {
        return this.props.record.data[this.props.name] || 0;
    }

    get dash() {
        return `${(AROUND * this.percent) / 100} ${AROUND}`;
    }

    get label() {
        return _t("%s %% done", this.percent);
    }
}

registry.category("fields").add("trade_progress_ring", {
    component: TradeProgressRingField,
    displayName: _t("Progress as a ring"),
    supportedTypes: ["integer"],
});
