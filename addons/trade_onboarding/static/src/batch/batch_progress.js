import { TradeReplayProgress } from "@trade_core/problem/replay_progress";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** "25 of 500 cases made", alive while a list becomes cases. */
export class TradeBatchProgress extends TradeReplayProgress {
    static running = "running";

    get words() {
        const { done, total } = this.progress;
        return _t("%(done)s of %(total)s cases made", { done, total });
    }
}

registry.category("view_widgets").add("trade_batch_progress", {
    component: TradeBatchProgress,
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "progress", type: "json", readonly: true },
    ],
});
