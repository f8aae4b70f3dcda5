"""Exports for the tests: small, large, and with names that are hard to show."""

import datetime
import io
import json
import pathlib
import zipfile

from browser import LONG, MARKUP, RIGHT_TO_LEFT

SAMPLE = pathlib.Path(__file__).resolve().parent.parent.parent / "Sources/HTTP/CAdminPage/page/sample/slack-export.zip"


def archive(files):
    """A zip archive of files by name: text, bytes, or values for JSON."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as result:
        for name, content in files.items():
            result.writestr(name, content if isinstance(content, (bytes, str)) else json.dumps(content))
    return output.getvalue()


def sample():
    """The sample that the page offers."""
    return SAMPLE.read_bytes()


def slack(people=3, messages=10, room="general"):
    """A Slack export with people and messages of one room; the first three names are hard to show."""
    hard = [MARKUP, RIGHT_TO_LEFT, LONG]
    users = [{
        "id": f"U{index:08}", "name": f"person{index}", "deleted": False, "is_bot": False,
        "profile": {
            "real_name": hard[index] if index < 3 else f"Person {index}", "email": f"person{index}@example.org",
            "image_original": f"https://avatars.example.org/{index}.png"},
    } for index in range(people)]
    start = datetime.datetime(2026, 3, 2, tzinfo=datetime.timezone.utc).timestamp()
    files = {"users.json": users, "channels.json": [{
        "id": "C0000001", "name": room, "created": int(start), "creator": "U00000000", "is_archived": False,
        "members": [user["id"] for user in users], "topic": {"value": MARKUP}, "purpose": {"value": RIGHT_TO_LEFT}}]}
    for day in range(0, messages, 1000):
        date = datetime.datetime.fromtimestamp(start + day * 86.4, datetime.timezone.utc)
        files[f"{room}/{date:%Y-%m-%d}.json"] = [{
            "type": "message", "user": users[number % people]["id"], "text": f"{MARKUP} {number}",
            "ts": f"{start + day * 86.4 + number - day:.6f}"} for number in range(day, min(day + 1000, messages))]
    return archive(files)


def people(count, first=0):
    """Records of people for `import.addUsers`; the first three names are hard to show."""
    hard = [MARKUP, RIGHT_TO_LEFT, LONG]
    return [{
        "importIds": [f"p{index}"], "emails": [f"p{index}@example.org"], "username": f"p{index}",
        "name": hard[index - first] if index - first < 3 else f"Person {index:,}"} for index in range(first, first + count)]
