"""The report and the findings of a file."""

import hashlib
import json

from browser import MARKUP, RIGHT_TO_LEFT, expect
from exports import archive, slack

TABLES = archive({
    "users.csv": "username,email,name\nada,ada@example.org,Ada\nben,,Ben\ncy,cy@example.org," + RIGHT_TO_LEFT + "\n",
    "channels.csv": "town,ada,public,ada;nobody\n", "notes.txt": MARKUP, "town/2026-01.csv": "ada,not a time," + MARKUP + "\n"})


def test_the_report_has_every_number_and_downloads(site):
    content = slack(people=6, messages=30)
    operation = site.server.import_everything(content, name="export.zip")
    with site.open(f"#/operations/{operation}/report") as tab:
        table = tab.page.get_by_role("table", name="Records by type and outcome")
        expect(table).to_contain_text("Messages")
        expect(table.locator("tfoot")).to_contain_text("All")
        tab.see(hashlib.sha256(content).hexdigest())
        expect(tab.page.get_by_text("add the import id to the account")).to_be_visible()
        tab.keep("report")
        for button, suffix in (("Download as Markdown", "md"), ("Download as CSV", "csv"), ("Download as JSON", "json")):
            with tab.page.expect_download() as download:
                tab.click(button)
            assert download.value.suggested_filename == f"report-{operation}.{suffix}"
            text = open(download.value.path(), encoding="utf-8").read()
            assert json.loads(text)["success"] if suffix == "json" else "export.zip" in text
        tab.page.emulate_media(media="print")
        expect(tab.page.locator("header")).to_be_hidden()
        expect(table).to_be_visible()
        tab.page.pdf(path=str(tab.server.output.parent / "report.pdf"))


def test_findings_are_grouped_with_their_place(site):
    operation = site.server.upload(TABLES, importer="csv", name="tables.zip")
    with site.open(f"#/operations/{operation['_id']}/findings") as tab:
        tab.see("Nothing is left out silently")
        groups = tab.page.locator(".group")
        assert groups.count() >= 2
        expect(groups.first).to_contain_text("error")
        groups.first.locator("summary").click()
        expect(groups.first.locator(".list-row").first).to_contain_text("town/2026-01.csv")
        tab.keep("findings")
    operation = site.server.import_users([{"importIds": ["x"], "emails": ["x@example.org"]}])
    with site.open(f"#/operations/{operation}/findings") as tab:
        tab.see("Nothing was noticed")
