"""The history of imports."""

import re

from browser import LONG, MARKUP, RIGHT_TO_LEFT, expect
from exports import people, slack

IDS = {}


def test_names_of_any_kind_are_shown_as_text(site):
    site.server.import_users(people(20))
    # Each of these fails, because its address is taken.
    IDS["failed"] = site.server.import_users([dict(one, importIds=[f"other{index}"], username=f"other{index}") for index, one in enumerate(people(20))])
    for name in (MARKUP.replace('"', "'"), RIGHT_TO_LEFT, LONG):
        site.server.import_everything(slack(), name=f"{name}.zip")
    with site.open() as tab:
        tab.heading("Imports")
        rows = tab.page.locator("tbody tr")
        expect(rows).to_have_count(5)
        expect(rows.filter(has_text="<img src=x onerror=alert(1)>")).to_have_count(1)
        expect(rows.filter(has_text="נועם")).to_have_count(1)
        expect(tab.page.locator("tbody img, tbody script")).to_have_count(0)
        expect(rows.filter(has_text="20 failed")).to_have_count(1)
        tab.keep("imports")


def test_the_arrow_keys_move_between_rows_and_open_one(site):
    with site.open() as tab:
        links = tab.page.locator("tbody th a")
        expect(links).to_have_count(5)
        links.nth(0).focus()
        tab.page.keyboard.press("ArrowDown")
        tab.page.keyboard.press("ArrowDown")
        expect(links.nth(2)).to_be_focused()
        tab.page.keyboard.press("ArrowUp")
        expect(links.nth(1)).to_be_focused()
        tab.page.keyboard.press("Enter")
        expect(tab.page.get_by_role("heading", level=1)).to_contain_text("נועם")
        tab.see("The import is done")


def test_failures_are_a_link_with_their_number(site):
    with site.open() as tab:
        tab.click("20 failed", "link")
        tab.wait_until(lambda: tab.page.url.endswith(f"#/operations/{IDS['failed']}/failures"), "the failures open")


def test_an_import_is_deleted_after_a_question(site):
    with site.open() as tab:
        tab.page.locator("tbody tr").filter(has_text="<img").locator("a").first.click()
        tab.see("The import is done")
        tab.keep("operation-done")
        tab.click(re.compile("Delete"))
        dialog = tab.page.get_by_role("dialog")
        expect(dialog).to_contain_text("They cannot be undone any more.")
        tab.keep("delete")
        tab.page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        tab.click(re.compile("Delete"))
        tab.click("Delete from the history")
        tab.heading("Imports")
        expect(tab.page.locator("tbody tr")).to_have_count(4)


def test_seven_digits_fit(site):
    def enlarge(route):
        history = route.fetch().json()
        for operation in history["operations"]:
            operation["totals"] = {
                "total": 9_999_999, "created": 1_234_567, "updated": 1_111_111, "unchanged": 2_222_222, "skipped": 3_333_333,
                "failed": 2_098_766, "pending": 0}
            operation["duration"] = 86_399
        route.fulfill(json=history)

    with site.open(sign_in=False) as tab:
        tab.page.route("**/import.history*", enlarge)
        tab.sign_in()
        tab.see("2,098,766 failed")
        tab.see("24 h")
        tab.keep("imports-large")
        frame = tab.page.locator(".table-frame")
        assert frame.evaluate("(element) => element.scrollWidth <= element.clientWidth"), "The table is wider than its frame"
