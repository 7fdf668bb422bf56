import { Component, useEffect } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;

const REFRESH_MS = 2000;
const REFRESH_TIMES = 45;
const ICONS = { done: "fa-check", wait: "fa-clock-o", bad: "fa-exclamation-circle", muted: "fa-hourglass-o" };

/**
 * One line that says where a record (an order, a payment) stands between us and the supplier:
 * Sent 09:02 · Received by supplier 09:02 · Answered 09:12, 1 line differs. What can be opened is a link.
 * While something happens within seconds, the form reloads by itself.
 */
export class TradeExchangeLineField extends Component {
    static template = "trade_core.ExchangeLineField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        let left = REFRESH_TIMES;
        useEffect(
            (soon, value) => {
                if (!soon || !left) {
                    left = REFRESH_TIMES;
                    return;
                }
                left--;
                const timer = setTimeout(async () => {
                    if (!(await this.props.record.isDirty())) {
                        await this.props.record.load();
                    }
                }, REFRESH_MS);
                return () => clearTimeout(timer);
            },
            () => [this.value.soon, this.value]
        );
    }

    get value() {
        return this.props.record.data[this.props.name] || { steps: [] };
    }

    get steps() {
        return this.value.steps.map((step) => {
            const at = step.at && DateTime.fromSQL(step.at, { zone: "utc" }).setZone("default");
            const text = at ? `${step.label} ${this.short(at)}` : step.label;
            return {
                ...step,
                icon: ICONS[step.tone],
                text: step.detail ? `${text}, ${step.detail}` : text,
                exact: at ? at.toLocaleString(DateTime.DATETIME_FULL_WITH_SECONDS) : "",
            };
        });
    }

    get label() {
        return _t("Exchange with the supplier");
    }

    short(at) {
        const clock = at.toFormat("HH:mm");
        return at.hasSame(DateTime.now(), "day")
            ? clock
            : `${at.toLocaleString({ month: "short", day: "numeric" })} ${clock}`;
    }

    async open(step) {
        const { resModel, resId } = this.props.record;
        this.action.doAction(await this.orm.call(resModel, "action_trade_open", [[resId], step.target]));
    }
}

registry.category("fields").add("trade_exchange_line", {
    component: TradeExchangeLineField,
    displayName: _t("Exchange with the supplier"),
    supportedTypes: ["json"],
});
