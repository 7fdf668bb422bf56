import { Component } from "@odoo/owl";
import {
    deserializeDate,
    deserializeDateTime,
    toLocaleDateString,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const KINDS = { created: _t("new"), removed: _t("removed") };

/** What a document changed, or would change: record, field, old → new. */
export class TradeEffectsField extends Component {
    static template = "trade_core.EffectsField";
    static props = { ...standardFieldProps, empty: { type: String, optional: true } };
    static defaultProps = { empty: _t("Nothing was changed.") };

    setup() {
        this.action = useService("action");
    }

    /** @returns {Array} one entry per record, each with its changed fields */
    get records() {
        const records = new Map();
        for (const change of this.props.record.data[this.props.name] || []) {
            const key = `${change.model},${change.id}`;
            if (!records.has(key)) {
                records.set(key, {
                    key,
                    model: change.model,
                    id: change.id,
                    name: change.name,
                    kind: KINDS[change.kind],
                    // a record of a preview that created it does not exist, nor one made up for a test
                    exists:
                        !change.gone &&
                        (change.kind === "changed" || (change.kind === "created" && !this.isPreview)),
                    changes: [],
                });
            }
            records.get(key).changes.push({ ...change, old: this.words(change.old), new: this.words(change.new) });
        }
        return [...records.values()];
    }

    /** Whether nothing of this has happened: a dry run, or a document of a test route. */
    get isPreview() {
        const { resModel, data } = this.props.record;
        return resModel !== "trade.message" || data.mode === "test";
    }

    words(value) {
        if (value === null || value === undefined || value === "") {
            return "–";
        }
        if (typeof value === "boolean") {
            return value ? _t("Yes") : _t("No");
        }
        if (typeof value === "number") {
            return formatFloat(value, { digits: [16, 6], trailingZeros: false });
        }
        if (/^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(value)) {
            return toLocaleDateTimeString(deserializeDateTime(`${value}:00`), { showSeconds: false });
        }
        if (/^\d{4}-\d\d-\d\d$/.test(value)) {
            return toLocaleDateString(deserializeDate(value));
        }
        return String(value);
    }

    open(record) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: record.model,
            res_id: record.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("trade_effects", {
    component: TradeEffectsField,
    displayName: _t("Trade effects"),
    supportedTypes: ["json"],
    supportedOptions: [{ label: _t("Text when empty"), name: "empty", type: "string" }],
    extractProps: ({ options }) => ({ empty: options.empty }),
});
