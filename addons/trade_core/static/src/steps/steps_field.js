import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const NAMES = {
    prepare: _t("Prepare"),
    resolve: _t("Resolve the name"),
    connect: _t("Connect"),
    tls: _t("Secure the line"),
    authenticate: _t("Authenticate"),
    answer: _t("Answer"),
};
const OUTCOMES = {
    ok: { icon: "fa-check-circle text-success", words: _t("Worked") },
    warning: { icon: "fa-exclamation-circle text-warning", words: _t("Worked, with a remark") },
    failed: { icon: "fa-times-circle text-danger", words: _t("Failed") },
    skipped: { icon: "fa-minus-circle text-muted", words: _t("Not tried") },
};

/** The steps of a connection test, each with its outcome in words and how long it took. */
export class TradeStepsField extends Component {
    static template = "trade_core.StepsField";
    static props = { ...standardFieldProps };

    get steps() {
        const steps = this.props.record.data[this.props.name] || [];
        return steps.map((step) => ({
            ...step,
            title: NAMES[step.name] || step.name,
            ...OUTCOMES[step.outcome],
            said: step.words,
            duration: step.ms === null ? "" : _t("%s ms", step.ms),
        }));
    }
}

registry.category("fields").add("trade_steps", {
    component: TradeStepsField,
    displayName: _t("Steps of a connection test"),
    supportedTypes: ["json"],
});
