"""Undo: the preview, the question, and the result."""

import re

from browser import expect
from exports import people, slack


def test_an_import_is_undone_after_its_preview(site):
    operation = site.server.import_everything(slack(people=4, messages=8), name="small.zip")
    with site.open(f"#/operations/{operation}/undo") as tab:
        tab.see("This is a preview. Nothing has been changed yet.")
        expect(tab.page.get_by_role("table", name="Numbers of the undo")).to_contain_text("People")
        tab.keep("undo")
        tab.click("Undo this import")
        dialog = tab.page.get_by_role("dialog")
        expect(dialog).to_contain_text("4 people")
        expect(dialog.get_by_role("textbox")).to_have_count(0)
        tab.keep("undo-ask")
        tab.page.keyboard.press("Escape")
        assert site.server.call("GET", "import.status")["state"] == "done"
        tab.click("Undo this import")
        dialog.get_by_role("button", name="Undo this import").click()
        tab.see(re.compile("The import was undone: 4 people"))
        tab.keep("undone")
    assert site.server.call("GET", "users.list")["total"] < 4


def test_what_is_used_since_stays_with_its_reason(site):
    operation = site.server.import_users([
        {"importIds": [name], "emails": [f"{name}@example.org"], "username": name, "password": "a long password"} for name in ("ada", "ben")])
    site.server.call("POST", "login", {"user": "ada", "password": "a long password"})
    with site.open(f"#/operations/{operation}/undo") as tab:
        kept = tab.page.get_by_role("region", name="What stays, and why")
        expect(kept).to_contain_text("Somebody signed in")
        kept.locator("summary").first.click()
        expect(kept.locator(".examples")).to_contain_text("ada")
        tab.keep("undo-kept")
        tab.click("Undo this import")
        tab.page.get_by_role("dialog").get_by_role("button", name="Undo this import").click()
        tab.see(re.compile("The import was undone: 1 person"))
        tab.click("Show everything that stays")
        expect(tab.page.get_by_role("grid", name="What stays")).to_contain_text("ada")


def test_more_than_100_people_need_the_name(site):
    operation = site.server.import_everything(slack(people=120, messages=2), name="many people.zip")
    with site.open(f"#/operations/{operation}/undo") as tab:
        tab.click("Undo this import")
        dialog = tab.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Undo this import").click()
        expect(dialog).to_contain_text("That is not the name.")
        tab.keep("undo-name")
        dialog.get_by_role("textbox").fill("many people.zip")
        dialog.get_by_role("button", name="Undo this import").click()
        tab.see(re.compile("The import was undone: 120 people"))
        tab.go(f"#/operations/{operation}")
        tab.heading("many people.zip")
