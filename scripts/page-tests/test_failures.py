"""Failures: groups, corrections in place, skipping, retries, and the corrected file."""

from browser import MARKUP, expect
from exports import people

IDS = {}


def test_failures_are_grouped_and_corrected_in_place(site):
    site.server.import_users([{"importIds": ["x"], "emails": ["taken@example.org"], "username": "taken", "name": MARKUP}])
    staged = people(6)
    for user in staged[1:3]:
        user["emails"] = ["taken@example.org"]
    for user in staged[3:5]:
        user["type"] = "wizard"
    operation = IDS["operation"] = site.server.import_users(staged)
    with site.open(f"#/operations/{operation}/failures") as tab:
        tab.see("4 people")
        groups = tab.page.locator(".group")
        expect(groups).to_have_count(2)
        tab.keep("failures")
        group = groups.filter(has_text="The address belongs to an account")
        group.locator("summary").click()
        rows = group.locator(".failure")
        expect(rows).to_have_count(2)
        rows.first.get_by_role("button", name="Whose is it?").click()
        expect(rows.first).to_contain_text(MARKUP)
        tab.keep("failures-open")
        rows.first.get_by_label("E-mail addresses").fill("free@example.org")
        rows.first.get_by_role("button", name="Retry").click()
        tab.see("1 record does not fail any more. 3 still fail.")
        assert site.server.call("GET", "users.info?email=free@example.org")["success"]
        expect(tab.page.locator(".group").filter(has_text="The address").locator(".failure")).to_have_count(1)
        tab.page.locator(".group").filter(has_text="The address").get_by_role("button", name="Skip").click()
        tab.see("2 still fail.")


def test_a_record_is_edited_as_a_whole(site):
    with site.open(f"#/operations/{IDS['operation']}/failures") as tab:
        group = tab.page.locator(".group").first
        group.locator("summary").click()
        group.locator(".failure").first.get_by_role("button", name="Edit").click()
        dialog = tab.page.get_by_role("dialog")
        box = dialog.get_by_label("Record as JSON")
        box.fill("{")
        dialog.get_by_role("button", name="Retry with this").click()
        expect(dialog).to_contain_text("This is not JSON")
        box.fill('{"importIds": ["p3"], "emails": ["p3@example.org"], "username": "p3", "type": "user"}')
        tab.keep("failures-edit")
        dialog.get_by_role("button", name="Retry with this").click()
        tab.see("1 record does not fail any more. 1 still fails.")


def test_the_file_is_downloaded_corrected_and_uploaded(site):
    with site.open(f"#/operations/{IDS['operation']}/failures") as tab:
        with tab.page.expect_download() as download:
            tab.click("Download JSONL")
        assert '"_failure"' in open(download.value.path(), encoding="utf-8").read()
        with tab.page.expect_download() as download:
            tab.click("Download CSV")
        table = open(download.value.path(), encoding="utf-8", newline="").read()
        assert "wizard" in table
        tab.choose("corrected.csv", table.replace("wizard", "bot", 1).replace("failure.id", "wrong.id", 1).encode(), "text/csv")
        expect(tab.page.get_by_role("alert").filter(has_text="failure.id")).to_be_visible()
        tab.choose("corrected.csv", table.split("\r\n")[0].encode() + b"\r\n" + table.split("\r\n", 1)[1].replace(",wizard", ",user").encode(), "text/csv")
        tab.see("No record failed")
        tab.keep("failures-none")


def test_many_failures_are_shown_in_pages_and_retried_together(site):
    staged = people(60)
    for user in staged:
        user["roles"] = []
        user["type"] = "wizard"
    operation = site.server.import_users(staged)
    with site.open(f"#/operations/{operation}/failures") as tab:
        group = tab.page.locator(".group").first
        group.locator("summary").click()
        expect(group.locator(".failure")).to_have_count(25)
        group.get_by_role("button", name="Next").click()
        expect(group.get_by_text("26–50 of 60")).to_be_visible()
        tab.click("Retry all 60")
        tab.see("Tried again, and failed again.")
    site.server.import_users(people(1, 1_000))
    with site.open(f"#/operations/{operation}/failures") as tab:
        tab.see("A later import ended this one.")


def test_failures_are_searched_and_filtered(site):
    staged = [dict(one, type="wizard") for one in people(40, first=200)]
    staged[7]["name"] = MARKUP
    staged += [dict(people(1, first=300)[0], emails=["taken@example.org"])]
    operation = site.server.import_users(staged)
    with site.open(f"#/operations/{operation}/failures") as tab:
        tab.see("41 people")
        search = tab.page.get_by_role("searchbox", name="Search the failed records")
        search.fill("P23")
        tab.see("10 of 41 match")
        group = tab.page.locator(".group")
        expect(group).to_have_count(1)
        group.locator("summary").click()
        expect(group.locator(".failure")).to_have_count(10)
        tab.keep("failures-search")
        with tab.page.expect_download() as download:
            tab.click("Download JSONL")
        assert len(open(download.value.path(), encoding="utf-8").read().splitlines()) == 10
        search.fill("<IMG src")
        tab.see("3 of 41 match")
        search.fill("nobody has this")
        tab.see("No failed record matches")
        tab.click("Show all")
        expect(tab.page.locator(".group")).to_have_count(2)
        tab.page.get_by_label("Reason").select_option(label="The address belongs to an account")
        tab.see("1 of 41 match")
        search.fill("p300")
        group = tab.page.locator(".group")
        if group.get_attribute("open") is None:
            group.locator("summary").click()
        group.get_by_label("E-mail addresses").fill("p300@example.org")
        group.get_by_role("button", name="Retry these 1").click()
        tab.see("Tried again, and failed again.")
        # What was typed was not sent with the others.
        expect(group.get_by_label("E-mail addresses")).to_have_value("taken@example.org")
