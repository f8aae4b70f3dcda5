"""A list of people: pasted, dropped or chosen, mapped, checked, and staged."""

import json
import re

from browser import LONG, MARKUP, RIGHT_TO_LEFT, expect


def test_a_pasted_table_is_mapped_checked_and_staged(site):
    markup = MARKUP.replace('"', '').replace(';', '')
    lines = ["Vorname;Nachname;Mail;Kürzel", "Ada;Lovelace;ada@example.org;ada", f"{markup};;markup@example.org;m",
             f"{RIGHT_TO_LEFT};;rtl@example.org;rtl", "Ben;;not an address;ben", "Cy;;ada@example.org;cy"]
    with site.open("#/users") as tab:
        tab.heading("Add people")
        tab.keep("users")
        tab.page.get_by_label("Paste a list").fill("\n".join(lines))
        tab.click("Read the list")
        expect(tab.page.get_by_label("Mail")).to_have_value("emails")
        expect(tab.page.get_by_label("Vorname")).to_have_value("firstName")
        expect(tab.page.get_by_label("Kürzel")).to_have_value("")
        tab.page.get_by_label("Kürzel").select_option("username")
        tab.see("2 lines have a problem. Nothing has been sent.")
        tab.see("“not an address” is not an e-mail address.")
        tab.see("The address “ada@example.org” is also in line 2.")
        expect(tab.page.get_by_role("table")).to_contain_text("Ada Lovelace")
        tab.keep("users-mapping")
        tab.click("Continue with the 3 others")
        tab.see("3 of 3 selected")
        assert site.server.call("GET", "import.status")["operation"]["count"]["users"] == 3
        found = site.server.call("GET", "import.records?type=user")["records"]
        assert [(user["username"], user["importId"]) for user in found] == [("ada", "ada"), ("m", "m"), ("rtl", "rtl")], found
        memory = tab.page.evaluate("() => JSON.stringify(localStorage)")
        assert "username" in memory and "ada@example.org" not in memory
        # The browser remembers what the columns hold.
        tab.go("#/users")
        tab.see("An import is ready to start")
        tab.page.get_by_label("Paste a list").fill("\n".join(lines[:2]))
        tab.click("Read the list")
        expect(tab.page.get_by_label("Kürzel")).to_have_value("username")


def test_files_of_every_form_are_read(site):
    users = [{"importIds": [f"u{index}"], "emails": [f"u{index}@example.org"], "username": f"u{index}", "name": LONG} for index in range(3)]
    for name, content in (
        ("people.json", json.dumps(users)), ("people.jsonl", "\n".join(map(json.dumps, users))), ("body.json", json.dumps({"users": users})),
        ("people.csv", "username,email,id\nu0,u0@example.org,u0\n\"u1\",\"u1@example.org\",u1\r\nu2,u2@example.org,u2"),
        ("people.tsv", "username\temail\nu0\tu0@example.org\nu1\tu1@example.org\nu2\tu2@example.org\n"),
    ):
        with site.open("#/users") as tab:
            tab.choose(name, content.encode("utf-16") if name.endswith("tsv") else content.encode())
            tab.click("Continue with 3 people")
            tab.see("3 of 3 selected")


def test_a_list_that_cannot_be_read_gets_a_sentence(site):
    with site.open("#/users") as tab:
        for text, words in (("", "Paste a list of people first."), ("[{", "This is not JSON"), ('"a', "A quote that begins in line 1 does not end."), ("[1]", "Entry 1 is not an object.")):
            tab.page.get_by_label("Paste a list").fill(text)
            tab.click("Read the list")
            tab.see(re.compile(re.escape(words)))


def test_a_large_list_is_sent_in_batches(site):
    lines = ["username,email"] + [f"u{index},u{index}@example.org" for index in range(4_500)]
    with site.open("#/users") as tab:
        tab.choose("large.csv", "\n".join(lines).encode())
        expect(tab.page.locator(".sheet tbody tr")).to_have_count(10)
        tab.click("Continue with 4,500 people")
        tab.see("4,500 of 4,500 selected")
        assert len([request for request in tab.requests if "import.addUsers" in request.url]) == 3


def test_passwords_of_a_list_are_sent_and_never_shown(site):
    with site.open("#/users") as tab:
        tab.page.get_by_label("Paste a list").fill("username,email,password\nada,ada@example.org,hidden-secret")
        tab.click("Read the list")
        expect(tab.page.get_by_label("password")).to_have_value("password")
        tab.click("Continue with 1 person")
        tab.see("1 of 1 selected")
        tab.page.get_by_text("The same by API").click()
        assert "hidden-secret" not in tab.page.content()
