import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const INPUTS = { email: "email", date: "date", integer: "number", float: "number" };

/** What a step of an onboarding case asks for: one input per row of the record's `form`. */
export class TradeStepFormField extends Component {
    static template = "trade_onboarding.StepFormField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
    }

    get rows() {
        const entered = this.props.record.data[this.props.name] || {};
        return (this.props.record.data.form || []).map((row) => ({
            ...row,
            id: `o_trade_step_${row.name}`,
            value: entered[row.name] ?? "",
            input: INPUTS[row.type] || "text",
        }));
    }

    change(row, value) {
        const entered = { ...this.props.record.data[this.props.name], [row.name]: value };
        this.props.record.update({ [this.props.name]: entered });
    }

    async attach(row, ev) {
        const [file] = ev.target.files;
        if (!file) {
            return;
        }
        const content = (await getDataURLFromFile(file)).split(",")[1];
        await this.props.record.save();
        await this.orm.call("trade.onboarding.step", "attach_file", [this.props.record.resId, row.name, file.name, content]);
        await this.props.record.load();
        this.notification.add(_t("%s is attached.", file.name), { type: "success" });
    }
}

registry.category("fields").add("trade_step_form", {
    component: TradeStepFormField,
    displayName: _t("Form of an onboarding step"),
    supportedTypes: ["json"],
});
