"""Prepare: what is staged, the selection by rule, policies, the check, and the start."""

import re

from browser import MARKUP, expect
from exports import people, sample, slack

LARGE = 100_000


def column(tab, name):
    return tab.page.get_by_role("region", name=name, exact=True)


def test_the_parts_of_an_export_are_shown_and_selected(site):
    operation = site.server.upload(sample(), name="slack-export.zip")
    with site.open(f"#/operations/{operation['_id']}/prepare") as tab:
        tab.see("Nothing has been written to the workspace yet")
        users = column(tab, "People")
        total = operation["count"]["users"]
        expect(users).to_contain_text(f"{total} of {total} selected")
        expect(users.get_by_role("button", name="Deactivated")).to_contain_text(re.compile(r"\d"))
        expect(column(tab, "Messages")).to_contain_text(re.compile(r"\d{4} – "))
        tab.keep("prepare")
        users.locator(".list-row").first.click()
        expect(users).to_contain_text(f"{total - 1} of {total} selected")
        expect(users.get_by_text("All, except 1")).to_be_visible()
        users.get_by_role("button", name="Select no people").click()
        expect(users).to_contain_text(f"0 of {total} selected")
        users.locator(".list-row").first.click()
        users.get_by_role("button", name="Select all people").click()
        expect(users).to_contain_text(f"{total} of {total} selected")


def test_the_check_has_numbers_reasons_and_changes(site):
    site.server.import_users([{"importIds": ["x"], "emails": ["p1@example.org"], "username": "other", "name": "Old name"}])
    operation = site.server.add_users(people(8))
    with site.open(f"#/operations/{operation}/prepare") as tab:
        tab.see("8 of 8 selected")
        tab.click("Check", exact=True)
        table = tab.page.get_by_role("table", name="What the import would do")
        expect(table.locator("tbody tr")).to_have_count(1)
        expect(table).to_contain_text("7")
        reason = tab.page.locator(".reasons li").first
        expect(reason).to_contain_text("The address belongs to an account")
        reason.locator("summary").click()
        expect(reason.locator(".examples")).to_contain_text("p1")
        expect(tab.page.locator(".start-bar")).to_contain_text("1 record would fail")
        expect(tab.page.locator(".start-bar").get_by_role("button")).to_have_text("Start import: create 7 people")
        tab.page.get_by_label("When a person’s address or username is already in use:").select_option("update")
        tab.see("Check again for new numbers.")
        tab.click("Check", exact=True)
        tab.click(re.compile("Show what would change"))
        expect(tab.page.locator(".change")).to_contain_text("→")
        tab.keep("prepare-checked")


def test_a_selection_by_rule_starts_the_import(site):
    staged = people(30)
    for user in staged[10:20]:
        user["deleted"] = True
    operation = site.server.add_users(staged)
    with site.open(f"#/operations/{operation}/prepare") as tab:
        users = column(tab, "People")
        users.get_by_role("button", name="Deactivated").click()
        users.get_by_role("button", name="Leave out these 10").click()
        expect(users).to_contain_text("20 of 30 selected")
        users.get_by_role("button", name="Deactivated").click()
        users.get_by_role("searchbox").fill("PERSON 2")
        users.get_by_role("button", name="Select only these 10").wait_for()
        users.locator(".list-row").first.click()
        expect(users).to_contain_text("19 of 30 selected")
        tab.click(re.compile("^Start import of 19 people"))
        tab.see("The import is done")
    counts = site.server.call("GET", f"import.report?operationId={operation}")["operation"]["counts"]["users"]
    assert (counts["skipped"], counts["total"]) == (11, 30), counts


def test_what_a_search_finds_is_left_out_and_added(site):
    operation = site.server.add_users(people(300))
    with site.open(f"#/operations/{operation}/prepare") as tab:
        users = column(tab, "People")
        search = users.get_by_role("searchbox")
        search.fill("person 25")
        users.get_by_role("button", name="Leave out these 11", exact=True).click()
        expect(users).to_contain_text("289 of 300 selected")
        expect(users.get_by_role("button", name="Leave out these 11", exact=True)).to_be_focused()
        search.fill("person 250")
        users.get_by_role("button", name="Add these 1", exact=True).click()
        expect(users).to_contain_text("290 of 300 selected")
        expect(users.get_by_text("All, except 10")).to_be_visible()
        users.get_by_role("button", name="Select no people").click()
        search.fill("person 1")
        users.get_by_role("button", name="Add these 110", exact=True).click()
        expect(users).to_contain_text("110 of 300 selected")
        tab.click(re.compile("^Start import of 110 people"))
        tab.see("The import is done")
    counts = site.server.call("GET", f"import.report?operationId={operation}")["operation"]["counts"]["users"]
    assert (counts["skipped"], counts["total"]) == (190, 300), counts


def test_100_000_people_are_listed_searched_and_selected_by_rule(site):
    operation = site.server.add_users(people(LARGE))
    with site.open(f"#/operations/{operation}/prepare") as tab:
        users = column(tab, "People")
        expect(users).to_contain_text("100,000 of 100,000 selected")
        assert users.locator(".list-row").count() < 40
        expect(users.get_by_role("button", name="Bots")).to_contain_text("0")
        users.locator(".list-row").first.focus()
        tab.page.keyboard.press("End")
        expect(tab.page.locator(".list-row:focus")).to_contain_text("Person 99,999")
        tab.page.keyboard.press("Space")
        expect(users).to_contain_text("99,999 of 100,000 selected")
        users.get_by_role("searchbox").fill("p9999")
        users.get_by_role("button", name="Select only these 11").click()
        expect(users).to_contain_text("11 of 100,000 selected")
        tab.keep("prepare-large")
        bodies = [request.post_data or "" for request in tab.requests if "import." in request.url]
        assert all(len(body) < 2_000 for body in bodies)


def test_names_are_text_and_everything_works_by_keyboard(site):
    operation = site.server.upload(slack(people=5, messages=3), name="hard.zip")
    with site.open(f"#/operations/{operation['_id']}/prepare") as tab:
        users = column(tab, "People")
        expect(users.get_by_text(MARKUP, exact=True)).to_be_visible()
        users.locator(".list-row").first.focus()
        tab.page.keyboard.press("ArrowDown")
        tab.page.keyboard.press("Space")
        expect(users).to_contain_text("4 of 5 selected")
        expect(users.locator(".list-row:focus input")).not_to_be_checked()
        tab.page.get_by_label(re.compile("Import the messages")).uncheck()
        start = tab.page.locator(".start-bar").get_by_role("button")
        expect(start).to_have_text("Start import of 4 people, 1 room")
        start.focus()
        tab.page.keyboard.press("Enter")
        tab.see("The import is done")
    with site.open(f"#/operations/{operation['_id']}/prepare") as tab:
        tab.see("This import was started already")
