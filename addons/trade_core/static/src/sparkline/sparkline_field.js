import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const WIDTH = 4;
const GAP = 1;
const HEIGHT = 24;

/** A connector's calls of the last 24 hours, one bar an hour: failures red, on the others in grey. */
export class TradeSparklineField extends Component {
    static template = "trade_core.SparklineField";
    static props = { ...standardFieldProps };

    setup() {
        this.height = HEIGHT;
        this.barWidth = WIDTH;
    }

    /** Pairs of [succeeded, failed], the present hour last. */
    get hours() {
        return this.props.record.data[this.props.name] || [];
    }

    get width() {
        return this.hours.length * (WIDTH + GAP);
    }

    get total() {
        return this.hours.reduce((sum, [succeeded, failed]) => sum + succeeded + failed, 0);
    }

    get failures() {
        return this.hours.reduce((sum, [, failed]) => sum + failed, 0);
    }

    get title() {
        return this.total
            ? _t("%(total)s calls in 24 hours, %(failures)s failed", {
                  total: this.total,
                  failures: this.failures,
              })
            : _t("No calls in 24 hours");
    }

    get bars() {
        const most = Math.max(1, ...this.hours.map(([succeeded, failed]) => succeeded + failed));
        const scale = (count) => (count ? Math.max(2, (count / most) * (HEIGHT - 1)) : 0);
        return this.hours.map(([succeeded, failed], index) => {
            const bad = scale(failed);
            const good = Math.min(scale(succeeded), HEIGHT - 1 - bad);
            return { x: index * (WIDTH + GAP), bad, good, badY: HEIGHT - bad, goodY: HEIGHT - bad - good };
        });
    }
}

registry.category("fields").add("trade_sparkline", {
    component: TradeSparklineField,
    displayName: _t("Calls of a connector"),
    supportedTypes: ["json"],
});
