import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { highlight } from "./highlight";

const FIRST_LINES = 300;
const SYNTAX = { json: "JSON", xml: "XML", edifact: "EDIFACT", x12: "X12", text: _t("Text"), binary: _t("Binary") };

/** A payload, one segment or element per line, with secrets replaced and the offending places marked. */
export class TradePayloadField extends Component {
    static template = "trade_core.PayloadField";
    static props = { ...standardFieldProps };

    setup() {
        this.notification = useService("notification");
        this.state = useState({ all: false });
        this.linesRef = useRef("lines");
        onMounted(() => this.showFirstMark());
    }

    showFirstMark() {
        const { el } = this.linesRef;
        const marked = el?.querySelector(".o_trade_marked");
        if (marked) {
            el.scrollTop = marked.offsetTop - el.clientHeight / 3;
        }
    }

    get payload() {
        return this.props.record.data[this.props.name];
    }

    get size() {
        const { total } = this.payload;
        return total === 1 ? _t("1 line") : _t("%s lines", total);
    }

    get syntax() {
        return SYNTAX[this.payload.syntax];
    }

    get lines() {
        const { lines, marks, syntax } = this.payload;
        const last = Math.max(FIRST_LINES, ...marks.map((mark) => mark + 1));
        return (this.state.all ? lines : lines.slice(0, last)).map((text, index) => ({
            number: index + 1,
            marked: marks.includes(index),
            label: marks.includes(index) ? _t("The problem is here") : null,
            pieces: highlight(text, syntax),
        }));
    }

    get hidden() {
        return this.state.all ? 0 : this.payload.lines.length - this.lines.length;
    }

    async copy() {
        await browser.navigator.clipboard.writeText(this.payload.lines.join("\n"));
        this.notification.add(_t("Copied, with secrets replaced."), { type: "success" });
    }
}

registry.category("fields").add("trade_payload", {
    component: TradePayloadField,
    displayName: _t("Trade payload"),
    supportedTypes: ["json"],
});

/** Plain JSON, shown the same way. */
export class TradeJsonField extends TradePayloadField {
    get payload() {
        const lines = JSON.stringify(this.props.record.data[this.props.name] || {}, null, 2).split("\n");
        return { syntax: "json", lines, marks: [], total: lines.length, whole: true };
    }
}

registry.category("fields").add("trade_json", {
    component: TradeJsonField,
    displayName: _t("Trade JSON"),
    supportedTypes: ["json"],
});
