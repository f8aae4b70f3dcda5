"""An import in progress, and its result."""

import re
import signal

from browser import expect
from exports import people, slack

EVERYTHING = {"input": {"users": {"all": True}, "channels": {"all": True}}}
IDS = {}


def begin(site, accounts=4_000, messages=40_000):
    IDS["operation"] = site.server.upload(slack(accounts, messages), name="large.zip")["_id"]
    site.server.call("POST", "startImport", EVERYTHING)
    return f"#/operations/{IDS['operation']}/progress"


def slow(site, first, count=500):
    """Stages people whose import takes some ten seconds, because each has a password."""
    return site.server.add_users([dict(one, password="a password") for one in people(count, first=first)])


def begin_paused(site, first):
    """Begins and pauses an import that takes some seconds, and returns the address of its view."""
    operation = slow(site, first, count=100)
    site.server.call("POST", "import.run")
    site.server.call("POST", "import.pause")
    return f"#/operations/{operation}/progress"


def quiet(tab):
    """Waits until the tab makes no more requests, and returns how many it made."""
    before = -1
    while before != len(tab.requests):
        before = len(tab.requests)
        tab.page.wait_for_timeout(500)
    return before


def test_a_running_import_is_shown_paused_reloaded_and_resumed(site):
    operation = slow(site, first=70_000)
    with site.open() as tab:
        site.server.call("POST", "import.run")
        tab.go(f"#/operations/{operation}/progress")
        tab.click("Pause")
        tab.see("Nothing more is written until it is resumed")
        tab.see(re.compile(r"Paused by .+ at \d\d:\d\d"))
        expect(tab.page.locator("header .running")).to_contain_text("Paused")
        tab.keep("progress-paused")
        tab.page.reload()
        tab.see("Nothing more is written until it is resumed")
        tab.go("#/")
        tab.heading("Imports")
        expect(tab.page.locator("tbody")).to_contain_text("paused")
        expect(tab.page.locator("header .running")).to_be_visible()
        tab.keep("imports-running")
        tab.page.locator("header .running").click()
        tab.click("Resume")
        tab.see(re.compile("The import is done"), seconds=240)
        expect(tab.page.locator("header .running")).to_be_hidden()
        tab.see("Nothing failed")
        tab.keep("progress-done")


def test_the_numbers_come_back_after_the_server_was_killed(site):
    operation = slow(site, first=60_000)
    with site.open() as tab:
        site.server.call("POST", "import.run")
        tab.go(f"#/operations/{operation}/progress")
        tab.page.locator(".stage").first.wait_for()
        site.server.stop(kill=True)
        tab.page.wait_for_timeout(500)
        site.server.start()
        tab.see(re.compile("The import is done"), seconds=240)


def test_an_import_is_cancelled_after_a_sentence_on_what_stays(site):
    address = begin(site)
    # Everything of the first stage is written before the pause.
    while not site.server.call("GET", "import.status")["operation"]["count"].get("completed"):
        pass
    site.server.call("POST", "import.pause")
    with site.open(address) as tab:
        tab.see("The import is paused")
        tab.click(re.compile("Cancel the import"))
        dialog = tab.page.get_by_role("dialog")
        expect(dialog).to_contain_text("What is imported stays")
        expect(dialog).to_contain_text("It can be undone")
        tab.keep("cancel")
        dialog.get_by_role("button", name="Cancel the import").click()
        tab.see("The import was cancelled")
        tab.see(re.compile(r"Cancelled by .+ at \d\d:\d\d"))
        tab.keep("progress-cancelled")


def test_a_hidden_tab_asks_for_nothing(site):
    address = begin_paused(site, first=40_000)
    with site.open(address) as tab:
        tab.see("The import is paused")
        tab.page.evaluate("""() => {
            Object.defineProperty(document, 'hidden', { configurable: true, get: () => window.isHidden });
            window.isHidden = true;
            document.dispatchEvent(new Event('visibilitychange'));
        }""")
        before = quiet(tab)
        site.server.call("POST", "import.resume")
        site.server.wait("done")
        tab.page.wait_for_timeout(1_500)
        assert len(tab.requests) == before, [request.url for request in tab.requests[before:]]
        tab.page.evaluate("""() => {
            window.isHidden = false;
            document.dispatchEvent(new Event('visibilitychange'));
        }""")
        tab.see(re.compile("The import is done"), seconds=240)


def test_the_frame_follows_the_state(site):
    operation = site.server.upload(slack(1_000, 1_000), name="state.zip")["_id"]
    with site.open(f"#/operations/{operation}") as tab:
        tab.heading("state.zip")
        expect(tab.page.locator(".heading .status")).to_have_text("ready to start")
        site.server.call("POST", "startImport", EVERYTHING)
        tab.go(f"#/operations/{operation}/progress")
        tab.see(re.compile("The import is done"), seconds=240)
        expect(tab.page.locator(".heading .status")).to_have_text("done")
        expect(tab.page.get_by_role("navigation", name="Parts of the import").get_by_role("link", name="Undo")).to_be_visible()


def test_without_events_the_page_polls(site):
    address = begin_paused(site, first=30_000)
    with site.open(sign_in=False) as tab:
        tab.page.route("**/import.events*", lambda route: route.abort())
        tab.sign_in()
        tab.go(address)
        tab.see("The import is paused")
        site.server.call("POST", "import.resume")
        tab.see(re.compile("The import is done"), seconds=240)
        # An aborted request is an error of the console.
        tab.problems.clear()


def test_when_nothing_moves_the_page_says_why(site):
    operation = slow(site, first=50_000)
    with site.open(sign_in=False) as tab:
        tab.page.clock.install()
        tab.page.reload()
        tab.sign_in()
        site.server.call("POST", "import.run")
        tab.go(f"#/operations/{operation}/progress")
        tab.page.locator(".stage").first.wait_for()
        site.server.process.send_signal(signal.SIGSTOP)
        try:
            tab.page.wait_for_timeout(500)
            tab.page.clock.fast_forward(12_000)
            tab.see("The server does not respond. The import continues by itself when it does.")
            tab.keep("progress-stalled")
        finally:
            site.server.process.send_signal(signal.SIGCONT)
        tab.page.clock.fast_forward(2_000)
        tab.see(re.compile("The import is done"), seconds=240)
