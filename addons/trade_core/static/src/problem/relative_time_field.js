import { Component } from "@odoo/owl";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;

/** An instant as people say it: "in 3 hours", "2 days ago"; the exact one on hover. */
export class TradeRelativeTimeField extends Component {
    static template = "trade_core.RelativeTimeField";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get words() {
        if (!this.value) {
            return "";
        }
        const seconds = Math.abs(this.value.diff(DateTime.now(), "seconds").seconds);
        return seconds < 60 ? _t("now") : this.value.toRelative();
    }

    get exact() {
        return this.value ? formatDateTime(this.value) : "";
    }
}

registry.category("fields").add("trade_relative_time", {
    component: TradeRelativeTimeField,
    displayName: _t("Relative time"),
    supportedTypes: ["datetime"],
    listViewWidth: [115, 140],
});
