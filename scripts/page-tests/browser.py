"""Drives Chromium, and fails on everything that no view may do."""

import os
import pathlib
import re
import shutil
import time

import axe_playwright_python
from playwright.sync_api import expect, sync_playwright

from server import PASSWORD

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCREENSHOTS = ROOT / ".build/page-screenshots"
AXE = (pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
SECONDS = 60_000
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 740}

# Names that only hold if text is never HTML, of either direction, and longer than any column.
MARKUP = '<img src=x onerror=alert(1)>"\'&amp;<script>alert(2)</script>'
RIGHT_TO_LEFT = "נועם ברק (שלום) 42"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 3

expect.set_options(timeout=SECONDS)


class Browser:
    """One Chromium for all tests; each test has a context of its own."""

    def __init__(self):
        if CHROMIUM is None:
            raise SystemExit("Chromium is not installed; scripts/prepare test installs it.")
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self._playwright = sync_playwright().start()
        self._chromium = self._playwright.chromium.launch(
            executable_path=CHROMIUM, timeout=60_000,
            # Chromium's sandbox does not run as root.
            args=["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])])

    def close(self):
        self._chromium.close()
        self._playwright.stop()

    def open(self, server, address="", sign_in=True, **options):
        """A tab at an address of the page such as `#/new`, signed in by default."""
        context = self._chromium.new_context(
            viewport=options.pop("viewport", WIDE), locale="en-GB", timezone_id="UTC", accept_downloads=True, **options)
        context.set_default_timeout(SECONDS)
        return Tab(context, server, address, sign_in)


class Tab:
    """A page in the browser. `page` is Playwright's; `problems` are what no view may do."""

    def __init__(self, context, server, address, sign_in):
        self.context, self.server = context, server
        self.problems, self.requests = [], []
        self.page = context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)
        self.page.goto(f"{server.address}/admin/import{address}")
        if sign_in:
            self.sign_in()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        problems = list(self.problems)
        if kind is not None:
            self.page.screenshot(path=SCREENSHOTS / "failure.png")
        self.context.close()
        if kind is None:
            assert not problems, problems

    def _console(self, message):
        # Chromium reports each response with an error status; the views show these.
        if message.type == "error" and not re.match(r"Failed to load resource: .*(status of 4\d\d|503|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE)", message.text):
            self.problems.append(f"console: {message.text}")

    def _dialog(self, dialog):
        self.problems.append(f"A script opened a dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request):
        self.requests.append(request)
        if not request.url.startswith((self.server.address, "blob:", "data:")):
            self.problems.append(f"A request to another host: {request.url}")

    # What administrators do.

    def sign_in(self, user="admin", password=PASSWORD):
        self.page.get_by_label("Username or e-mail address").fill(user)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.locator("header")).to_be_visible()

    def go(self, address):
        """Opens another view by its address."""
        self.page.evaluate("address => { location.hash = address; }", address)

    def heading(self, text):
        """Waits for the heading of a view."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def see(self, text, seconds=SECONDS // 1000):
        """Waits for a text anywhere in the view."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=seconds * 1000)

    def click(self, name, role="button", exact=False):
        self.page.get_by_role(role, name=name, exact=exact).first.click()

    def choose(self, name, content, kind="application/octet-stream"):
        """Chooses a file in the view's drop area."""
        self.page.locator("input[type=file]").first.set_input_files({"name": name, "mimeType": kind, "buffer": content})

    def wait_until(self, condition, what, seconds=60):
        """Waits for a condition of this test."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"After {seconds} s: {what}"
            self.page.wait_for_timeout(50)

    # What every view has to keep.

    def keep(self, name):
        """Keeps screenshots of the view, light and dark, wide and narrow, and checks accessibility and widths."""
        for scheme in ("light", "dark"):
            for viewport in (WIDE, NARROW):
                self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                self.page.set_viewport_size(viewport)
                # The frame and other parts stay in view: at the top they are where they belong in the whole page.
                self.page.evaluate("() => { scrollTo(0, 0); document.querySelector('.start-bar')?.style.setProperty('position', 'static'); }")
                self.page.wait_for_timeout(80)
                self.page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}-{viewport['width']}.png", full_page=True)
                if (scheme == "light") == (viewport is WIDE):
                    self.check_accessibility(f"{name}, {scheme}, {viewport['width']}")
                self.check_width(f"{name}, {viewport['width']}")
        self.page.emulate_media(color_scheme="light")
        self.page.evaluate("() => { document.querySelector('.start-bar')?.style.removeProperty('position'); }")
        # As at a zoom of 200 %.
        self.page.set_viewport_size({"width": WIDE["width"] // 2, "height": WIDE["height"] // 2})
        self.check_width(f"{name}, 200 %")
        self.page.set_viewport_size(WIDE)

    def check_accessibility(self, what):
        """No serious or critical finding of axe-core."""
        self.page.evaluate(AXE)
        result = self.page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
        found = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}: {node['target']} {node.get('failureSummary', '')}"
            for violation in result["violations"] if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]]
        assert not found, f"{what}: {found}"

    def check_width(self, what):
        """Nothing is wider than the window."""
        width, window = self.page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
        assert width <= window, f"{what}: the page has {width} pixels, the window {window}"
