# What benchmarks/onboarding.py runs in Odoo's shell, after shell_clock.py.
# ruff: noqa: F821
import json
import time

STATES = ("invited", "profiled", "verified", "approved", "connected", "certified")
CARD = {
    **dict.fromkeys(("name", "progress", "waits_for", "overdue", "due_at", "state", "activity_state"), {}),
    **{name: {"fields": {"display_name": {}}} for name in ("template_id", "blocked_by_id", "user_id")},
    "activity_ids": {"fields": {}},
}


def prepare(many, few):
    template = env.ref("trade_onboarding.template_supplier")
    other = template.copy({"name": "Few"})
    for kind, count in ((template, many), (other, few)):
        for start in range(0, count, 250):
            env["trade.onboarding"].create(
                [
                    {
                        "name": f"Partner {number}",
                        "template_id": kind.id,
                        "email": f"p{number}@example.com",
                        "user_id": env.ref("base.user_admin").id,
                    }
                    for number in range(start, min(start + 250, count))
                ]
            )
            env.cr.commit()
    # Where cases stand does not matter to what is read; walking each one there would take an hour.
    env.cr.execute(
        "UPDATE trade_onboarding SET state = (%s)[1 + id %% 6], waits_for = (%s)[1 + id %% 3]",
        [list(STATES), ["us", "partner", "failed"]],
    )
    env.invalidate_all()
    cases = env["trade.onboarding"].search([("waits_for", "!=", "partner")])
    admin = env.ref("base.user_admin")
    cases.activity_schedule("mail.mail_activity_data_todo", user_id=admin.id, summary="Credit check")
    env.cr.commit()
    return {}


def _read(Case, domain):
    groups = Case.web_read_group(
        domain,
        ["state"],
        ["__count"],
        auto_unfold=True,
        unfold_read_specification=CARD,
        unfold_read_default_limit=20,
    )
    colours = {"failed": "danger", "us": "danger", "partner": "warning", "automatic": "muted"}
    bars = Case.read_progress_bar(domain, "state", {"field": "waits_for", "colors": colours})
    return json.dumps([groups, bars], default=str)


def board():
    Case = env["trade.onboarding"].with_user(env.ref("base.user_admin"))
    found = {}
    for name, template in (("many", env.ref("trade_onboarding.template_supplier")), ("few", None)):
        template = template or env["trade.onboarding.template"].search([("name", "=", "Few")])
        domain = [("is_open", "=", True), ("template_id", "=", template.id)]
        best = None
        for _turn in range(5):
            env.invalidate_all()
            before = env.cr.sql_log_count
            started, cpu = time.perf_counter(), time.process_time()
            answer = _read(Case, domain)
            now = {
                "seconds": time.perf_counter() - started,
                "cpu": time.process_time() - cpu,
                "queries": env.cr.sql_log_count - before,
                "bytes": len(answer),
            }
            best = min(best or now, now, key=lambda one: one["seconds"])
        found[name] = {"cases": Case.search_count(domain), **best}
    return found
