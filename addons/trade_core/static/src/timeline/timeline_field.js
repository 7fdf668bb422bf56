import { Component, useEffect } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;

const REFRESH_MS = 2000;
const REFRESH_TIMES = 45;
const OUTCOMES = {
    ok: { icon: "fa-check", tone: "done", words: _t("done") },
    failed: { icon: "fa-exclamation", tone: "person", words: _t("failed") },
    retry: { icon: "fa-repeat", tone: "waiting", words: _t("will be tried again") },
};
const NEXT = {
    person: { icon: "fa-user", tone: "person" },
    waiting: { icon: "fa-clock-o", tone: "waiting" },
};

/**
 * The stages a message went through, how long each took, and what comes next and when.
 * While something happens within seconds, the form reloads by itself.
 */
export class TradeTimelineField extends Component {
    static template = "trade_core.TimelineField";
    static props = { ...standardFieldProps };

    setup() {
        let left = REFRESH_TIMES;
        useEffect(
            (running, value) => {
                if (!running || !left) {
                    left = REFRESH_TIMES;
                    return;
                }
                left--;
                const timer = setTimeout(() => this.props.record.load(), REFRESH_MS);
                return () => clearTimeout(timer);
            },
            () => [this.value.next?.soon, this.value]
        );
    }

    get value() {
        return this.props.record.data[this.props.name] || { steps: [] };
    }

    get steps() {
        let before;
        return this.value.steps.map((step) => {
            const at = DateTime.fromISO(step.at);
            const shown = {
                ...step,
                ...(OUTCOMES[step.outcome] || OUTCOMES.ok),
                time: at.toFormat("HH:mm:ss.SSS"),
                day: before?.hasSame(at, "day") ? "" : at.toLocaleString({ month: "short", day: "numeric" }),
                took: this.duration(step.ms),
            };
            before = at;
            return shown;
        });
    }

    get next() {
        const { next } = this.value;
        if (!next) {
            return null;
        }
        const at = next.at && DateTime.fromISO(next.at);
        return {
            ...next,
            ...NEXT[next.level],
            time: at && at.toLocaleString(DateTime.DATETIME_SHORT),
            relative: at && at.toRelative(),
        };
    }

    get tries() {
        const { tries } = this.value;
        return tries > 1 ? _t("%s tries", tries) : "";
    }

    /** @param {number|null} ms */
    duration(ms) {
        if (ms === null || ms === undefined) {
            return "";
        }
        if (ms < 1000) {
            return _t("%s ms", ms < 10 ? ms.toFixed(1) : Math.round(ms));
        }
        return _t("%s s", (ms / 1000).toFixed(1));
    }
}

registry.category("fields").add("trade_timeline", {
    component: TradeTimelineField,
    displayName: _t("Trade timeline"),
    supportedTypes: ["json"],
});
