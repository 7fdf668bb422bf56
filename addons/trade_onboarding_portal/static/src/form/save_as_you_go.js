import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

const WAIT = 700;

/**
 * Saves a step's form while it is filled in: changed fields are sent, one request after the other. What a
 * field showed at first goes with it, so that another window's work is not overwritten.
 */
export class SaveAsYouGo extends Interaction {
    static selector = ".o_trade_step_form";
    dynamicContent = {
        "input, select, textarea": {
            "t-on-input": (ev) => this.changed(ev.target, WAIT),
            "t-on-change": (ev) => this.changed(ev.target, 0),
        },
    };

    setup() {
        this.waiting = new Map();
        this.saving = false;
        this.timer = null;
        this.state = this.el.querySelector(".o_trade_save_state");
        this.registerCleanup(() => clearTimeout(this.timer));
    }

    changed(field, wait) {
        if (!field.name || field.type === "hidden") {
            return;
        }
        this.waiting.set(field.name, field);
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.save(), wait);
    }

    async save() {
        if (this.saving || !this.waiting.size) {
            return;
        }
        this.saving = true;
        const fields = [...this.waiting.values()];
        this.waiting.clear();
        const sent = this.gather(fields);
        this.say(this.el.dataset.textSaving);
        try {
            const response = await fetch(this.el.dataset.saveUrl, { method: "POST", body: sent });
            const answer = (response.headers.get("content-type") || "").includes("json")
                ? await response.json()
                : null;
            if (answer && !this.isDestroyed) {
                this.show(fields, sent, answer);
            } else if (!answer) {
                throw new Error(response.status);
            }
        } catch {
            for (const field of fields) {
                if (!this.waiting.has(field.name)) {
                    this.waiting.set(field.name, field);
                }
            }
            this.say(this.el.dataset.textFailed, true);
            this.saving = false;
            return;
        }
        this.saving = false;
        this.save();
    }

    gather(fields) {
        const sent = new FormData();
        sent.append("csrf_token", this.el.elements.csrf_token.value);
        for (const field of fields) {
            const was = this.el.elements[`was-${field.name}`];
            if (was) {
                sent.append(was.name, was.value);
            }
            if (field.type === "file") {
                if (field.files.length) {
                    sent.append(field.name, field.files[0]);
                }
            } else if (field.type !== "checkbox" || field.checked) {
                sent.append(field.name, field.value);
            }
        }
        return sent;
    }

    show(fields, sent, answer) {
        const problems = answer.problems || {};
        for (const field of fields) {
            const problem = problems[field.name] || "";
            const place = this.el.querySelector(`#${field.id}-problem`);
            place.textContent = problem;
            place.classList.toggle("d-block", Boolean(problem));
            field.classList.toggle("is-invalid", Boolean(problem));
            const was = this.el.elements[`was-${field.name}`];
            if (was && (answer.kept || []).includes(field.name)) {
                was.value = sent.get(field.name) || "";
            }
            if (field.type === "file" && answer.saved) {
                this.showFile(field, (answer.files || {})[field.name]);
            }
        }
        this.say(answer.saved || answer.reload ? answer.text : "", !answer.saved);
    }

    /** The file is kept: sending the form does not upload it again. */
    showFile(field, name) {
        if (name) {
            const place = field.closest(".o_trade_field").querySelector(".o_trade_file");
            place.querySelector("a").textContent = name;
            place.classList.remove("d-none");
            field.value = "";
        }
    }

    say(text, wrong = false) {
        this.state.textContent = text || "";
        this.state.classList.toggle("text-danger", wrong);
        this.state.classList.toggle("text-success", !wrong && text === this.el.dataset.textSaved);
    }
}

registry.category("public.interactions").add("trade_onboarding_portal.save_as_you_go", SaveAsYouGo);
