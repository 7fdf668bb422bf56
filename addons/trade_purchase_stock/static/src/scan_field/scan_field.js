import { Component, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * A place to scan: what a hand scanner types, or a person, is booked on Enter, and the next one can follow.
 */
export class TradeScanField extends Component {
    static template = "trade_purchase_stock.ScanField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.input = useRef("input");
        this.queue = Promise.resolve();
    }

    onKeydown(event) {
        if (event.key !== "Enter") {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
        const text = this.input.el.value.trim();
        this.input.el.value = "";
        if (text) {
            // A scanner is faster than the server: one after the other.
            this.queue = this.queue.then(() => this.book(text));
        }
    }

    async book(text) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        try {
            const said = await this.orm.call(record.resModel, "action_trade_scan", [[record.resId], text]);
            this.notification.add(said.message, { type: said.type });
            await record.load();
        } catch (error) {
            if (!(error instanceof RPCError)) {
                throw error;
            }
            // A dialog would take the next scan; what was wrong stays until it is read.
            this.notification.add(error.data?.message || error.message, { type: "danger", sticky: true });
        }
        this.input.el?.focus();
    }
}

registry.category("fields").add("trade_scan", {
    component: TradeScanField,
    displayName: _t("Scan a package"),
    supportedTypes: ["char"],
});
