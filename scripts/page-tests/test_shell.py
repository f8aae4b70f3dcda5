"""The frame around every view: sign-in, navigation, sessions, the page without JavaScript."""

import re

from browser import NARROW, expect
from exports import people


def test_the_root_leads_to_the_sign_in(site):
    with site.open(sign_in=False) as tab:
        tab.page.goto(site.server.address)
        tab.heading("Import into this workspace")
        assert tab.page.url == f"{site.server.address}/admin/import"
        tab.keep("sign-in")
        tab.page.get_by_role("button", name="Sign in").click()
        tab.see("Enter your username or e-mail address.")
        tab.page.get_by_label("Username or e-mail address").fill("admin")
        tab.page.get_by_label("Password").fill("wrong")
        tab.page.keyboard.press("Enter")
        tab.see("The account does not exist, or the password is another one.")


def test_the_first_visit_says_what_to_do_below_100_kB(site):
    with site.open(sign_in=False) as tab:
        sizes = []
        tab.page.on("response", lambda response: sizes.append(
            (response.url, int(response.headers.get("content-length") or 0) + len(str(response.headers)))))
        # As on the first visit: nothing is in the cache.
        tab.context.new_cdp_session(tab.page).send("Network.setCacheDisabled", {"cacheDisabled": True})
        tab.page.reload()
        tab.sign_in()
        tab.heading("Imports")
        tab.see("Nothing has been imported yet")
        for name in ("Import a file", "Add people", "Download the sample"):
            expect(tab.page.get_by_role("link", name=name).first).to_be_visible()
        total = sum(size for _, size in sizes)
        print(f"        the first view has {total:,} bytes with the heads of {len(sizes)} responses")
        assert len(sizes) > 10 and total < 100_000, (total, sizes)
        tab.keep("imports-empty")
        with tab.page.expect_download() as download:
            tab.click("Download the sample", "link")
        assert download.value.suggested_filename == "slack-export.zip"


def test_nothing_moves_while_the_first_view_loads(site):
    with site.open() as tab:
        tab.page.evaluate("""() => {
            window.shifts = [];
            new PerformanceObserver((list) => {
              for (const entry of list.getEntries()) {
                if (!entry.hadRecentInput) window.shifts.push([entry.value, entry.sources.map(({ node }) => `${node?.nodeName} ${node?.className ?? node?.parentNode?.className}`)]);
              }
            }).observe({ type: 'layout-shift', buffered: true });
        }""")
        for address in ("#/new", "#/downloads", "#/"):
            tab.go(address)
            tab.page.wait_for_timeout(400)
        shifts = tab.page.evaluate("() => window.shifts")
        assert sum(value for value, _ in shifts) < 0.05, shifts


def test_a_new_view_gets_the_focus_and_the_footer_the_call(site):
    with site.open() as tab:
        tab.page.get_by_role("navigation", name="Views").get_by_role("link", name="Downloads").click()
        tab.heading("Downloads")
        expect(tab.page.get_by_role("heading", level=1)).to_be_focused()
        assert tab.page.title() == "Downloads · Ferry"
        tab.see("GET /api/v1/import.downloads?offset=0&count=100")
        tab.page.get_by_text("The same by API").click()
        expect(tab.page.locator("footer pre")).to_contain_text('curl -H "X-User-Id: $ID"')
        tab.page.go_back()
        tab.heading("Imports")


def test_a_session_that_ends_loses_nothing(site):
    with site.open("#/new") as tab:
        tab.heading("New import")
        tab.page.get_by_label("Address of an export").fill("https://example.org/export.zip")
        # The token is in this tab's session storage and nowhere else.
        stored = tab.page.evaluate("() => [Object.keys(sessionStorage), Object.keys(localStorage), document.cookie]")
        assert stored == [["ferry.session"], [], ""], stored
        tab.page.evaluate("""() => {
            const session = JSON.parse(sessionStorage['ferry.session']);
            return fetch('/api/v1/logout', { method: 'POST', headers: { 'X-User-Id': session.userId, 'X-Auth-Token': session.token } });
        }""")
        tab.page.get_by_label("Address of an export").fill("https://192.168.1.1/export.zip")
        tab.click("Fetch and read")
        dialog = tab.page.get_by_role("dialog", name="Sign in again")
        expect(dialog).to_be_visible()
        tab.keep("sign-in-again")
        expect(dialog.get_by_label("Username")).to_have_value("admin")
        dialog.get_by_label("Password").fill("page tests password")
        dialog.get_by_role("button", name="Sign in").click()
        expect(dialog).to_be_hidden()
        # The call was made again, with the new session; the text is still there.
        tab.see(re.compile("does not fetch|not public|private"))
        expect(tab.page.get_by_label("Address of an export")).to_have_value("https://192.168.1.1/export.zip")


def end_session(tab):
    tab.page.evaluate("""() => {
        const session = JSON.parse(sessionStorage['ferry.session']);
        return fetch('/api/v1/logout', { method: 'POST', headers: { 'X-User-Id': session.userId, 'X-Auth-Token': session.token } });
    }""")


def test_a_declined_sign_in_is_not_asked_for_by_polls(site):
    with site.open("#/new") as tab:
        tab.heading("New import")
        end_session(tab)
        dialog = tab.page.get_by_role("dialog", name="Sign in again")
        tab.page.evaluate("() => { dispatchEvent(new Event('online')); }")
        dialog.get_by_role("button", name="Not now").click()
        expect(dialog).to_be_hidden()
        with tab.page.expect_response("**/import.status*"):
            tab.page.evaluate("() => { dispatchEvent(new Event('online')); }")
        tab.page.wait_for_timeout(300)
        expect(dialog).to_be_hidden()
        tab.click("Sign out")
        tab.see("You are signed out.")
        expect(dialog).to_be_hidden()


def test_another_account_in_the_sign_in_has_its_name_in_the_header(site):
    site.server.call("POST", "users.create", {
        "email": "second@example.org", "name": "Second", "username": "second", "password": "second password", "roles": ["admin"]})
    with site.open("#/new") as tab:
        tab.heading("New import")
        end_session(tab)
        tab.page.evaluate("() => { dispatchEvent(new Event('online')); }")
        dialog = tab.page.get_by_role("dialog", name="Sign in again")
        dialog.get_by_label("Username").fill("second")
        dialog.get_by_label("Password").fill("second password")
        dialog.get_by_role("button", name="Sign in").click()
        expect(tab.page.locator("header .who")).to_have_text("Second")


def test_an_account_without_the_permission_gets_a_sentence(site):
    site.server.import_users([dict(people(1)[0], username="plain", name="Plain", password="plain password")])
    with site.open(sign_in=False) as tab:
        tab.sign_in("plain", "plain password")
        tab.see("Your account may not do this.")
        tab.keep("no-permission")
        tab.click("Sign out")
        tab.see("You are signed out.")
        assert tab.page.evaluate("() => sessionStorage.length") == 0


def test_the_keyboard_alone_is_enough_at_360_pixels(site):
    with site.open(sign_in=False, viewport=NARROW) as tab:
        keyboard = tab.page.keyboard
        tab.page.get_by_label("Username or e-mail address").focus()
        keyboard.type("admin")
        keyboard.press("Tab")
        keyboard.type("page tests password")
        keyboard.press("Enter")
        tab.heading("Imports")
        # The focus is on the heading: what follows it comes first, what precedes it by Shift.
        expect(tab.page.get_by_role("heading", level=1)).to_be_focused()
        keyboard.press("Tab")
        keyboard.press("Tab")
        expect(tab.page.get_by_role("link", name="New import").last).to_be_focused()
        keyboard.press("Enter")
        tab.heading("New import")


def test_without_javascript_the_page_says_what_is_needed(site):
    # Chromium shows `noscript` in no test, so the document is served as it looks then: without scripts.
    def without_scripts(route):
        document = re.sub(r"<script[^>]*></script>|</?noscript>", "", route.fetch().text())
        route.fulfill(body=document, content_type="text/html; charset=utf-8")

    with site.open(sign_in=False) as tab:
        tab.page.route("**/admin/import", without_scripts)
        tab.page.reload()
        tab.see("It needs JavaScript")
        expect(tab.page.get_by_role("link", name="REST API")).to_have_attribute("href", "../api/openapi.json")
        tab.keep("without-javascript")
