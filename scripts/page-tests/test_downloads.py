"""The queue of avatars and files."""

from browser import expect
from exports import slack


def test_the_queue_is_shown_filtered_skipped_and_retried(site):
    site.server.import_everything(slack(people=300, messages=5))
    with site.open() as tab:
        expect(tab.page.get_by_role("button", name="Download pending avatars")).to_contain_text("300")
        expect(tab.page.get_by_role("button", name="Download pending files")).to_be_disabled()
        tab.go("#/downloads")
        tab.heading("Downloads")
        tab.see("300 pending")
        rows = tab.page.locator(".list-row")
        expect(rows.first).to_contain_text("avatars.example.org")
        expect(rows.first).to_contain_text("Avatar of")
        assert rows.count() < 30
        rows.first.get_by_role("button", name="Skip").click()
        tab.see("1 download skipped.")
        tab.see("299 pending")
        tab.page.get_by_role("group", name="State").get_by_role("button", name="Skipped").click()
        expect(rows).to_have_count(1)
        assert "state=skipped" in tab.page.url
        tab.keep("downloads")
        tab.page.reload()
        expect(rows).to_have_count(1)
        rows.first.get_by_role("button", name="Retry").click()
        tab.see("1 download queued.")


def test_the_list_is_windowed_and_moves_by_keyboard(site):
    with site.open("#/downloads") as tab:
        first = tab.page.locator(".list-row").first
        expect(first).to_contain_text("avatars.example.org")
        first.focus()
        tab.page.keyboard.press("End")
        focused = tab.page.locator(".list-row:focus")
        expect(focused).to_have_attribute("aria-rowindex", "301")
        expect(focused).to_contain_text("avatars.example.org")
        tab.page.keyboard.press("PageUp")
        tab.page.keyboard.press("ArrowDown")
        expect(focused).to_have_attribute("aria-rowindex", "289")
        assert tab.page.locator(".list-row").count() < 30


def test_after_an_error_the_list_comes_back(site):
    with site.open() as tab:
        tab.page.route("**/import.downloads?*", lambda route: route.fulfill(
            status=503, content_type="application/json", body='{"success": false, "error": "The server is busy [error-server-busy]"}'))
        tab.go("#/downloads")
        tab.see("The server is busy")
        tab.page.unroute("**/import.downloads?*")
        tab.click("Try again")
        expect(tab.page.locator(".list-row").first).to_contain_text("avatars.example.org")
