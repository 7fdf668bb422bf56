import { Component, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const EVERY = 1500; // ms; asking costs one small query, and works without a websocket

/** "3 of 4 documents applied", alive while a replay runs; the form is read again when it has ended. */
export class TradeReplayProgress extends Component {
    static template = "trade_core.ReplayProgress";
    static props = { ...standardWidgetProps };
    static running = "replaying"; // the state in which there is something to watch

    setup() {
        this.orm = useService("orm");
        this.state = useState({ progress: null });
        this.timer = null;
        useEffect(
            (isReplaying) => {
                this.state.progress = null;
                if (isReplaying) {
                    this.wait();
                }
                return () => this.stop();
            },
            () => [this.isReplaying, this.props.record.resId]
        );
        onWillUnmount(() => this.stop());
    }

    get isReplaying() {
        return this.props.record.data.state === this.constructor.running;
    }

    get progress() {
        return this.state.progress || this.props.record.data.progress || { total: 0, done: 0, held: 0 };
    }

    get words() {
        const { done, total } = this.progress;
        return _t("%(done)s of %(total)s documents applied", { done, total });
    }

    get percent() {
        const { running = 0, total } = this.progress;
        return total ? Math.round((100 * (total - running)) / total) : 0;
    }

    wait() {
        this.timer = browser.setTimeout(() => this.look(), EVERY);
    }

    stop() {
        browser.clearTimeout(this.timer);
        this.timer = null;
    }

    async look() {
        const { record } = this.props;
        const asked = this.timer;
        const [now] = await this.orm.silent.read(record.resModel, [record.resId], ["state", "progress"]);
        if (asked !== this.timer) {
            return; // another record is shown by now
        }
        this.state.progress = now.progress;
        if (now.state === this.constructor.running) {
            this.wait();
        } else if (!(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("trade_replay_progress", {
    component: TradeReplayProgress,
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "progress", type: "json", readonly: true },
    ],
});
