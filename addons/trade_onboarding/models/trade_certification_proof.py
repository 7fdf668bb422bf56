from odoo import fields, models

from odoo.addons.trade_kernel import certification as kernel


class TradeCertification(models.Model):
    """The proof of a passed certification, and when it no longer holds."""

    _inherit = "trade.certification"

    def _settings(self, codes):
        """What was certified of the two routes, by names that people know, and what the codes in the tests
        mean.

        :param codes: that stood in the documents of the tests
        """
        self.ensure_one()
        return {
            "out": self.route_out_id._certified_settings() if self.route_out_id else {},
            "in": self.route_in_id._certified_settings(),
            "codes": self.env["trade.mapping"]._certified_meanings(self.trade_partner_id, codes),
        }

    def _codes(self):
        """Everything in the documents of the passed tests that may be a code, whatever it is a code of."""
        self.ensure_one()
        passed = self.test_ids.filtered(lambda test: test.state == "passed")
        documents = [document for test in passed for document in (test.asked, test.last_run_id.document)]
        return sorted(set(_texts(documents)))

    def _pass(self):
        """All tests that are needed are passed: keep the proof, and go on with the case."""
        codes = self._codes()
        settings = self._settings(codes)
        tests = [
            {
                "test": test.name,
                "kind": test.kind,
                "number": test.number,
                "asked": kernel.digest(test.asked),
                "answer": test.last_run_id.digest,
                "run": test.last_run_id.id,
                "passed_at": fields.Datetime.to_string(test.passed_at),
            }
            for test in self.test_ids.filtered(lambda test: test.state == "passed")
        ]
        proof = {
            "settings": settings,
            "settings_digest": kernel.digest(settings),
            "codes": codes,
            "tests": tests,
        }
        self.write(
            {
                "state": "passed",
                "passed_at": fields.Datetime.now(),
                "stale_reason": False,
                "proof": proof,
                "proof_digest": kernel.digest(proof),
            }
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self.message_post(
            body=self.env._(
                "Passed: %(count)s tests. Proof %(digest)s", count=len(tests), digest=self.proof_digest
            )
        )
        self.onboarding_id._certified()

    def _check_current(self):
        """Passed certifications whose routes are no longer as they were tested are to be repeated."""
        for one in self.sudo().filtered(lambda one: one.state == "passed"):
            settings = one._settings(one.proof["codes"])
            if kernel.digest(settings) != one.proof["settings_digest"]:
                one._become_stale(one._changes(settings))

    def _changes(self, settings):
        """What is different from what was tested, in words."""
        labels, words = self.route_in_id._certified_labels(), []
        for side, route in (("out", self.route_out_id), ("in", self.route_in_id)):
            # As JSON kept them: a tuple that became a list has not changed.
            old, new = self.proof["settings"][side], settings[side]
            for name in new:
                if kernel.digest(old.get(name)) != kernel.digest(new[name]):
                    words.append(f"{route.name}: {labels.get(name, name)}")
        old, new = self.proof["settings"]["codes"], settings["codes"]
        changed = sorted(code for code in {*old, *new} if old.get(code) != new.get(code))
        return words + [self.env._("What the code %s means", code) for code in changed]

    def _become_stale(self, words):
        reason = "\n".join(words)
        self.write({"state": "stale", "stale_reason": reason})
        self.test_ids.write({"state": "todo", "passed_at": False, "last_run_id": False})
        self._refresh()
        body = self.env._("This changed after the tests were passed, so they are to be repeated: %s", reason)
        self.message_post(body=body)
        if owner := self.user_id or self.onboarding_id.user_id:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Certify %s again", self.trade_partner_id.name),
                note=body,
                user_id=owner.id,
            )
        if self.onboarding_id.template_id.stale_stops:
            routes = self.route_out_id | self.route_in_id
            routes.filtered(lambda route: route.mode == "live").mode = "test"
            self.message_post(body=self.env._("Its routes are on trial again, as the template asks for."))
        self.onboarding_id._certify_again()


def _texts(value):
    """All texts in JSON values."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return [value] if isinstance(value, str) else []
    return [text for one in value for text in _texts(one)]
