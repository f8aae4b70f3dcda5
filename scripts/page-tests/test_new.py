"""A new import: from the file to what is in it."""

import pathlib
import re
import tempfile
import time

from browser import MARKUP, expect
from exports import archive, sample, slack


def test_the_sample_is_recognized_uploaded_read_and_imported(site):
    with site.open("#/new") as tab:
        tab.heading("New import")
        tab.keep("new")
        tab.choose("slack-export.zip", sample(), "application/zip")
        expect(tab.page.locator(".chosen select")).to_have_value("slack")
        tab.see("It is a zip archive with the files of a Slack export.")
        tab.keep("new-chosen")
        tab.click("Upload and read")
        tab.wait_until(lambda: "/prepare" in tab.page.url or "#/operations/" in tab.page.url, "the operation opens")
        tab.see("Nothing has been written to the workspace yet")
        assert site.server.call("GET", "users.info?username=admin")["success"]
        assert site.server.call("GET", "import.status")["operation"]["count"]["users"] == 8


def test_a_new_import_says_what_it_ends(site):
    with site.open("#/new") as tab:
        tab.see("An import is ready to start")
        tab.see("A new import discards what was read.")
        tab.click("Show it", "link")
        tab.heading("slack-export.zip")


def test_a_wrong_file_gets_the_sentence_of_the_server(site):
    with site.open("#/new") as tab:
        tab.choose(f"{MARKUP[:40]}.zip", archive({"readme.txt": "Nothing that Ferry reads", "notes/plan.md": "# Plan"}))
        tab.see("Choose what reads it.")
        tab.click("Upload and read")
        tab.see("Choose what reads the file.")
        tab.page.locator(".chosen select").select_option("slack")
        tab.click("Upload and read")
        tab.see(re.compile("so it is not an export of Slack"))
        tab.keep("wrong-file")
        tab.click("Choose another", "link")
        tab.heading("New import")


def test_tables_are_recognized_by_their_columns(site):
    with site.open("#/new") as tab:
        for name, content, key in (
            ("people.csv", "username,email,name\nada,ada@example.org,Ada", "csv"),
            ("members.csv", "username,email,status,billing-active,has-2fa,has-sso,userid,fullname,displayname\n", "slack-users"),
            ("contacts.csv", "name;phones;manager\nLena;+49 1;mara\n", "omnichannel_contact"),
            ("tables.zip", archive({"users.csv": "ada,ada@example.org,Ada\n"}), "csv"),
        ):
            tab.choose(name, content if isinstance(content, bytes) else content.encode())
            expect(tab.page.locator(".chosen h2")).to_have_text(name)
            expect(tab.page.locator(".chosen select")).to_have_value(key)
            tab.click("Choose another")


def test_a_file_that_nothing_reads_gets_a_sentence_before_it_is_sent(site):
    with site.open("#/new") as tab:
        for name, content, words in (
            ("empty.csv", b"", "The file is empty."), ("cut.zip", sample()[:1500], "cut off or damaged"),
            ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(100), "It is an image, which no importer reads."),
            ("discord.json", b'{"guild": {"id": "1"}}', "It is JSON."),
            ("people.xlsx", archive({"[Content_Types].xml": "<Types/>"}), "Save its table as CSV."),
        ):
            tab.choose(name, content)
            tab.see(words)
            expect(tab.page.get_by_role("button", name="Choose another")).to_be_focused()
            expect(tab.page.get_by_role("button", name="Upload it anyway")).to_have_count(0 if name == "empty.csv" else 1)
            if name == "picture.png":
                tab.keep("new-unreadable")
            tab.click("Choose another")


def test_a_file_is_dropped(site):
    with site.open("#/new") as tab:
        tab.page.locator(".drop").wait_for()
        tab.page.evaluate("""() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(['username,email\\nada,ada@example.org'], 'dropped.csv'));
            for (const type of ['dragenter', 'dragover', 'drop']) {
              document.querySelector('.drop').dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
            }
        }""")
        expect(tab.page.locator(".chosen h2")).to_have_text("dropped.csv")


def test_an_upload_shows_its_bytes_and_is_cancelled(site):
    before = site.server.call("GET", "import.history")["total"]
    with tempfile.TemporaryDirectory() as directory, site.open("#/new") as tab:
        path = pathlib.Path(directory, "large.zip")
        path.write_bytes(slack(3, 10) + bytes(20_000_000))
        tab.page.locator("input[type=file]").first.set_input_files(path)
        tab.page.locator(".chosen select").select_option("slack")
        # A slow connection: 2 MB a second.
        session = tab.context.new_cdp_session(tab.page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", {
            "offline": False, "latency": 5, "downloadThroughput": 4_000_000, "uploadThroughput": 2_000_000})
        # The zeros at its end make the archive look cut off.
        tab.click("Upload it anyway")
        expect(tab.page.locator("main").get_by_text(re.compile(r"MB of 20 MB · \d+% · .*MB/s"))).to_be_visible()
        tab.keep("uploading")
        tab.click("Cancel the upload")
        tab.see("The upload was cancelled. Nothing of the file was stored.")
    time.sleep(0.2)
    assert site.server.call("GET", "import.history")["total"] == before


def test_an_address_that_may_not_be_fetched_gets_a_sentence(site):
    with site.open("#/new") as tab:
        address = tab.page.get_by_label("Address of an export")
        address.fill("ftp://example.org/export.zip")
        tab.click("Fetch and read")
        tab.see("Enter an address that begins with https:// or http://.")
        address.fill("http://127.0.0.1:1/export.zip")
        tab.click("Fetch and read")
        expect(tab.page.locator(".address .problem").first).to_contain_text("127.0.0.1")
        expect(address).to_have_value("http://127.0.0.1:1/export.zip")


def test_the_templates_are_what_ferry_reads(site):
    with site.open("#/new") as tab:
        for name in ("People", "Rooms", "Messages", "Contacts"):
            with tab.page.expect_download() as download:
                tab.page.locator(".templates").get_by_role("link", name=name).first.click()
            name = download.value.suggested_filename
            content = open(download.value.path(), "rb").read()
            key = "omnichannel_contact" if name == "contacts.csv" else "csv"
            operation = site.server.upload(content, importer=key, name=name)
            assert operation["status"] == "importer_user_selection", operation
            findings = site.server.call("GET", "import.findings")["findings"]
            assert not [finding for finding in findings if finding["severity"] == "error"], (name, findings)


def test_a_received_file_is_read_when_its_page_is_opened(site):
    boundary = "form"
    body = b"".join([
        f'--{boundary}\r\nContent-Disposition: form-data; name="importerKey"\r\n\r\nslack\r\n'.encode(),
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="waiting.zip"\r\n\r\n'.encode(), sample(),
        f"\r\n--{boundary}--\r\n".encode()])
    site.server.call("POST", "uploadImportFile", raw=body, content_type=f"multipart/form-data; boundary={boundary}")
    operation = site.server.call("GET", "import.status")["operation"]
    assert operation["status"] == "importer_file_loaded"
    with site.open(sign_in=False) as tab:
        # The first attempt is lost, and the person sees it.
        tab.page.route("**/getImportFileData", lambda route: route.abort(), times=1)
        tab.sign_in()
        tab.go(f"#/operations/{operation['_id']}")
        tab.heading("waiting.zip")
        tab.see("The server does not respond.")
        tab.click("Try again")
        tab.problems.clear()
        tab.wait_until(lambda: tab.page.url.endswith("/prepare"), "what is in the file is shown")
        tab.see("Nothing has been written to the workspace yet")
