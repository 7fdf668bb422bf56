import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const LEVELS = {
    ok: { icon: "fa-check-circle text-success", words: _t("Right") },
    warning: { icon: "fa-exclamation-circle text-warning", words: _t("Look at this") },
    error: { icon: "fa-times-circle text-danger", words: _t("Not accepted") },
};

/** Of tests: at which level something was found. */
const STAGES = {
    syntax: _t("Format"),
    rules: _t("Content"),
    references: _t("References"),
};

/** What the checks of an onboarding step, or of a test, found; the errors first. */
export class TradeFindingsField extends Component {
    static template = "trade_onboarding.FindingsField";
    static props = { ...standardFieldProps };

    get findings() {
        const order = ["error", "warning", "ok"];
        const findings = (this.props.record.data[this.props.name] || []).map((one) => ({
            ...one,
            ...LEVELS[one.level],
            stageWords: STAGES[one.stage],
        }));
        return findings.sort((one, other) => order.indexOf(one.level) - order.indexOf(other.level));
    }
}

registry.category("fields").add("trade_findings", {
    component: TradeFindingsField,
    displayName: _t("Findings of an onboarding step"),
    supportedTypes: ["json"],
});
