"""From the printed address to a finished import with two repaired failures, and its undo, without leaving the page."""

import json
import pathlib
import re
import zipfile

from browser import NARROW, expect

HOUSTON = pathlib.Path(__file__).resolve().parent.parent.parent / "Tests/SlackImporterTests/Fixtures/houston/slack-export.zip"


def people_with_addresses():
    with zipfile.ZipFile(HOUSTON) as archive:
        name = next(name for name in archive.namelist() if name.endswith("users.json"))
        return [user for user in json.loads(archive.read(name)) if user["profile"].get("email")]


def occupy(site, users, prefix):
    """Creates accounts with the addresses of people of the export."""
    for index, user in enumerate(users):
        site.server.call("POST", "users.create", {
            "email": user["profile"]["email"], "name": f"{prefix} {index}", "username": f"{prefix}{index}", "password": "a long password"})


def remove(site, prefix):
    for user in site.server.call("GET", "users.list?count=100")["users"]:
        if user.get("username", "").startswith(prefix):
            site.server.call("POST", "users.delete", {"userId": user["_id"]})


def test_an_administrator_imports_repairs_and_undoes(site):
    taken = people_with_addresses()[:2]
    occupy(site, taken, "early")
    with site.open() as tab:
        tab.click("Import a file", "link")
        tab.heading("New import")
        tab.choose("houston.zip", HOUSTON.read_bytes(), "application/zip")
        tab.click("Upload and read")
        tab.see("Nothing has been written to the workspace yet")
        tab.page.get_by_label("When a person’s address or username is already in use:").select_option("fail")
        tab.click("Check", exact=True)
        tab.see(re.compile(r"\d+ records would fail"))
        tab.keep("whole-prepare")
        tab.click(re.compile("^Start import: create"))
        tab.see(re.compile("The import is done"))
        tab.click(re.compile("^Failures"), "link")
        for index in range(2):
            group = tab.page.locator(".group").filter(has_text="The address belongs to an account")
            if not group.get_attribute("open") == "":
                group.locator("summary").click()
            row = group.locator(".failure").first
            row.get_by_label("E-mail addresses").fill(f"repaired{index}@example.org")
            row.get_by_role("button", name="Retry").click()
            expect(group.locator(".failure")).to_have_count(1 - index)
        # Messages of these two failed with them.
        tab.click(re.compile("^Retry all"))
        tab.see(re.compile("None is left"))
        tab.click(re.compile("^Undo"), "link")
        tab.see("This is a preview. Nothing has been changed yet.")
        tab.click("Undo this import")
        tab.page.get_by_role("dialog").get_by_role("button", name="Undo this import").click()
        tab.see(re.compile("The import was undone"))
        tab.keep("whole-undone")
    remove(site, "early")


def press(tab, locator, key="Enter"):
    """Moves the focus to a control, as Tab does, and presses a key."""
    locator.focus()
    tab.page.keyboard.press(key)


def test_the_same_at_360_pixels_with_the_keyboard_alone(site):
    taken = people_with_addresses()[2:4]
    occupy(site, taken, "narrow")
    with site.open(viewport=NARROW) as tab:
        tab.go("#/new")
        tab.page.locator("input[type=file]").first.set_input_files(HOUSTON)
        press(tab, tab.page.get_by_role("button", name="Upload and read"))
        tab.see("Nothing has been written to the workspace yet")
        policy = tab.page.get_by_label("When a person’s address or username is already in use:")
        policy.focus()
        tab.page.keyboard.type("report")
        expect(policy).to_have_value("fail")
        press(tab, tab.page.get_by_role("button", name="Check", exact=True))
        tab.see("Check")
        expect(tab.page.get_by_role("table", name="What the import would do")).to_be_visible()
        press(tab, tab.page.get_by_role("button", name=re.compile("^Start import: create")))
        tab.see(re.compile("The import is done"))
        press(tab, tab.page.get_by_role("link", name=re.compile("^Failures")))
        for index in range(2):
            group = tab.page.locator(".group").filter(has_text="The address belongs to an account")
            if not group.get_attribute("open") == "":
                press(tab, group.locator("summary"))
            box = group.locator(".failure").first.get_by_label("E-mail addresses")
            box.focus()
            tab.page.keyboard.press("Control+A")
            tab.page.keyboard.type(f"keyboard{index}@example.org")
            tab.page.keyboard.press("Enter")
            expect(group.locator(".failure")).to_have_count(1 - index)
        press(tab, tab.page.get_by_role("button", name=re.compile("^Retry all")))
        tab.see(re.compile("None is left"))
        press(tab, tab.page.get_by_role("link", name=re.compile("^Undo")))
        press(tab, tab.page.get_by_role("button", name="Undo this import"))
        dialog = tab.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        press(tab, dialog.get_by_role("button", name="Undo this import"))
        tab.see(re.compile("The import was undone"))
        tab.check_width("undone at 360 pixels")
    remove(site, "narrow")
