"""What browser tests do again and again: log in, keep a picture."""

from playwright.sync_api import Error

from clusters import DOT

SCREENSHOTS = DOT / "screenshots"
WAIT = 60_000  # ms a page may take on a busy machine


def shot(page, name):
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def log_in(page, odoo, path, login="admin"):
    """Everybody's password is the login."""
    page.goto(f"{odoo.url}/web/login?redirect={path}")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    try:
        page.click(".oe_login_form button[type=submit]")
    except Error:  # the click's own navigation may outlast its patience on a busy machine
        page.wait_for_load_state()
    page.wait_for_selector(".o_main_navbar")


def log_out(page):
    """Leave the page first: a late answer to it would bring the cookie of its session back."""
    page.goto("about:blank")
    page.context.clear_cookies()
