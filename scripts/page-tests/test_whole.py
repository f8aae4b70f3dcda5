"""From the printed address to a finished import with two repaired failures, and its undo, without leaving the page.

Once with the mouse and once with the keyboard alone at 360 pixels, with the sample that the page offers and with an export
of a real workspace.
"""

import io
import json
import pathlib
import re
import zipfile

from browser import NARROW, expect
from exports import sample
from server import PASSWORD

HOUSTON = pathlib.Path(__file__).resolve().parent.parent.parent / "Tests/SlackImporterTests/Fixtures/houston/slack-export.zip"
POLICY = "When a person’s address or username is already in use:"


def occupied(site, content, prefix):
    """Creates accounts with the addresses of two people of an export."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = next(name for name in archive.namelist() if name.endswith("users.json"))
        users = [user for user in json.loads(archive.read(name)) if user["profile"].get("email") and not user.get("deleted")]
    for index, user in enumerate(users[:2]):
        site.server.call("POST", "users.create", {
            "email": user["profile"]["email"], "name": f"{prefix} {index}", "username": f"{prefix}{index}", "password": "a long password"})


def remove(site, prefix):
    for user in site.server.call("GET", "users.list?count=100")["users"]:
        if user.get("username", "").startswith(prefix):
            site.server.call("POST", "users.delete", {"userId": user["_id"]})


def taken(tab):
    return tab.page.locator(".group").filter(has_text="The address belongs to an account")


def finish_retry(tab):
    """What depended on the repaired people, such as their messages, failed with them."""
    tab.see(re.compile("None is left|No record failed"))


def with_the_mouse(site, name, content, prefix):
    occupied(site, content, prefix)
    with site.open() as tab:
        tab.click(re.compile("^(Import a file|New import)$"), "link")
        tab.heading("New import")
        tab.choose(name, content, "application/zip")
        tab.click("Upload and read")
        tab.see("Nothing has been written to the workspace yet")
        tab.page.get_by_label(POLICY).select_option("fail")
        tab.click("Check", exact=True)
        tab.see(re.compile(r"\d+ records would fail"))
        tab.keep(f"whole-{prefix}-prepare")
        tab.click(re.compile("^Start import: create"))
        tab.see(re.compile("The import is done"), seconds=90)
        tab.click(re.compile("^Failures"), "link")
        for index in range(2):
            if taken(tab).get_attribute("open") is None:
                taken(tab).locator("summary").click()
            row = taken(tab).locator(".failure").first
            row.get_by_label("E-mail addresses").fill(f"{prefix}-repaired{index}@example.org")
            row.get_by_role("button", name="Retry").click()
            expect(taken(tab).locator(".failure")).to_have_count(1 - index)
        retry_all = tab.page.get_by_role("button", name=re.compile("^Retry all"))
        expect(retry_all.or_(tab.page.get_by_text("No record failed"))).to_be_visible()
        if retry_all.is_visible():
            retry_all.click()
        finish_retry(tab)
        tab.click(re.compile("^Undo"), "link")
        tab.see("This is a preview. Nothing has been changed yet.")
        tab.click("Undo this import")
        tab.page.get_by_role("dialog").get_by_role("button", name="Undo this import").click()
        tab.see(re.compile("The import was undone"), seconds=90)
        tab.keep(f"whole-{prefix}-undone")
    remove(site, prefix)


def reach(tab, locator):
    """Moves the focus to a control with the Tab key alone."""
    locator.wait_for()
    for _ in range(200):
        if locator.evaluate("(element) => element === document.activeElement"):
            return
        tab.page.keyboard.press("Tab")
    raise AssertionError(f"The Tab key does not reach {locator}")


def press(tab, locator, key="Enter"):
    reach(tab, locator)
    tab.page.keyboard.press(key)


def with_the_keyboard(site, prefix, path=None):
    """At 360 pixels, with keys only; without a path the sample is downloaded by keys first."""
    occupied(site, path.read_bytes() if path else sample(), prefix)
    with site.open(sign_in=False, viewport=NARROW) as tab:
        keyboard = tab.page.keyboard
        reach(tab, tab.page.get_by_label("Username or e-mail address"))
        keyboard.type("admin")
        keyboard.press("Tab")
        keyboard.type(PASSWORD)
        keyboard.press("Enter")
        tab.heading("Imports")
        press(tab, tab.page.locator("main").get_by_role("link", name=re.compile("^(Import a file|New import)$")).first)
        tab.heading("New import")
        if path is None:
            with tab.page.expect_download() as download:
                press(tab, tab.page.get_by_role("link", name="A small sample to try"))
            path = download.value.path()
        with tab.page.expect_file_chooser() as chooser:
            press(tab, tab.page.locator(".drop").get_by_role("button"))
        chooser.value.set_files({"name": "slack-export.zip", "mimeType": "application/zip", "buffer": pathlib.Path(path).read_bytes()})
        # The next step has the focus already.
        send = tab.page.get_by_role("button", name="Upload and read")
        expect(send).to_be_focused()
        keyboard.press("Enter")
        tab.see("Nothing has been written to the workspace yet")
        policy = tab.page.get_by_label(POLICY)
        reach(tab, policy)
        keyboard.type("report")
        expect(policy).to_have_value("fail")
        press(tab, tab.page.get_by_role("button", name="Check", exact=True))
        expect(tab.page.get_by_role("table", name="What the import would do")).to_be_visible()
        press(tab, tab.page.get_by_role("button", name=re.compile("^Start import: create")))
        tab.see(re.compile("The import is done"), seconds=90)
        press(tab, tab.page.get_by_role("link", name=re.compile("^Failures")))
        for index in range(2):
            taken(tab).wait_for()
            if taken(tab).get_attribute("open") is None:
                press(tab, taken(tab).locator("summary"))
            reach(tab, taken(tab).locator(".failure").first.get_by_label("E-mail addresses"))
            keyboard.press("Control+A")
            keyboard.type(f"{prefix}{index}@example.org")
            keyboard.press("Enter")
            expect(taken(tab).locator(".failure")).to_have_count(1 - index)
        retry_all = tab.page.get_by_role("button", name=re.compile("^Retry all"))
        expect(retry_all.or_(tab.page.get_by_text("No record failed"))).to_be_visible()
        if retry_all.is_visible():
            press(tab, retry_all)
        finish_retry(tab)
        press(tab, tab.page.get_by_role("link", name=re.compile("^Undo")))
        tab.see("This is a preview. Nothing has been changed yet.")
        press(tab, tab.page.locator("main").get_by_role("button", name="Undo this import"))
        press(tab, tab.page.get_by_role("dialog").get_by_role("button", name="Undo this import"))
        tab.see(re.compile("The import was undone"), seconds=90)
        tab.check_width("undone at 360 pixels")
        tab.check_accessibility("undone at 360 pixels")
    remove(site, prefix)


def test_the_sample_with_the_mouse(site):
    with_the_mouse(site, "slack-export.zip", sample(), "sample")


def test_the_sample_at_360_pixels_with_the_keyboard_alone(site):
    with_the_keyboard(site, "keys")


def test_an_export_of_a_real_workspace_with_the_mouse(site):
    with_the_mouse(site, "houston.zip", HOUSTON.read_bytes(), "houston")


def test_an_export_of_a_real_workspace_at_360_pixels_with_the_keyboard_alone(site):
    with_the_keyboard(site, "narrow", HOUSTON)
