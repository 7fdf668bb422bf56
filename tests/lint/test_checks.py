"""The project's own lint checks find what they are there for."""

import importlib.util
from pathlib import Path

import pytest

CHECKS = Path(__file__).parents[2] / "setup" / "lint"
VIEW = '<odoo><record id="{id}" model="{model}">{body}</record></odoo>'
GOOD = {
    "name": "Probe",
    "summary": "Nothing",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Hidden",
    "depends": ["base"],
}


def load(name):
    spec = importlib.util.spec_from_file_location(name, CHECKS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def xml_problems(tmp_path, text):
    path = tmp_path / "view.xml"
    path.write_text(text)
    return [sentence for _line, sentence in load("check_xml").problems(str(path))]


def manifest_problems(tmp_path, **changes):
    addon = tmp_path / changes.pop("addon", "trade_probe")
    addon.mkdir()
    (addon / "__manifest__.py").write_text(repr(GOOD | changes))
    return load("check_manifests").check(addon / "__manifest__.py")


@pytest.mark.parametrize(
    ("body", "model", "expected"),
    [
        ('<field name="arch" type="xml"><tree/></field>', "ir.ui.view", "<list>"),
        ('<field name="arch"><field name="a" attrs="{\'x\': 1}"/></field>', "ir.ui.view", "attrs="),
        (
            '<field name="arch"><search><group expand="0"/></search></field>',
            "ir.ui.view",
            "stops the install",
        ),
        ('<field name="users" eval="[]"/>', "res.groups", "user_ids"),
        ('<field name="numbercall">-1</field>', "ir.cron", "numbercall"),
        ('<field name="view_mode">tree,form</field>', "ir.actions.act_window", "list in Odoo 19"),
    ],
)
def test_traps_of_odoo_19_are_found(tmp_path, body, model, expected):
    (found,) = xml_problems(tmp_path, VIEW.format(id="probe", model=model, body=body))
    assert expected in found


def test_a_group_outside_a_search_may_have_a_title(tmp_path):
    body = '<field name="arch"><form><group string="Where"/></form></field>'
    assert not xml_problems(tmp_path, VIEW.format(id="probe_form", model="ir.ui.view", body=body))


def test_broken_xml_and_ill_named_ids_are_found(tmp_path):
    assert "well-formed" in xml_problems(tmp_path, "<odoo><record></odoo>")[0]
    assert "Probe-1" in xml_problems(tmp_path, VIEW.format(id="Probe-1", model="res.partner", body=""))[0]


def test_a_good_manifest_passes(tmp_path):
    assert manifest_problems(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"version": "1.0"}, "19.0.1.0.0"),
        ({"license": "AGPL-3"}, "LGPL-3"),
        ({"author": "Somebody"}, "Tradelane"),
        ({"data": ["views/gone.xml"]}, "not there"),
        ({"depends": ["trade_nowhere"]}, "not in addons/"),
    ],
)
def test_bad_manifests_are_found(tmp_path, changes, expected):
    assert any(expected in sentence for sentence in manifest_problems(tmp_path, **changes))


def test_a_business_addon_may_not_build_on_another_but_glue_may(tmp_path):
    def complaints(**changes):
        found = manifest_problems(tmp_path, depends=["trade_purchase"], **changes)
        return [sentence for sentence in found if "no business addon" in sentence]

    assert complaints(addon="trade_other")
    assert not complaints(addon="trade_glue", auto_install=True)
