"""rocketchat_API over every call that Ferry documents and that this client has or can make."""

import base64
import csv
import io
import time
import zipfile

from rocketchat_API.APIExceptions.RocketExceptions import RocketApiException
from rocketchat_API.rocketchat import RocketChat


def expect(holds, what):
    if not holds:
        raise SystemExit(f"Python: {what} does not hold.")


def expect_rejected(call, text):
    try:
        call()
    except RocketApiException as error:
        expect(text in str(error), f"the rejection with {text}")
    else:
        expect(False, f"a rejection with {text}")


def wait(client, *states):
    deadline = time.monotonic() + 60
    while True:
        status = client.call_api_get("import.status")
        if status["state"] in states:
            return status
        expect(time.monotonic() < deadline, f"the state {states} within a minute, not {status}")
        time.sleep(0.1)


def table(*rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def archive():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as entries:
        entries.writestr("users.csv", table(["zoe", "zoe@example.com", "Zoe"], ["yan", "yan@example.com", "Yan"]))
        entries.writestr("channels.csv", table(
            ["harbour", "zoe", "public", "yan;zoe"], ["cabin", "zoe", "private", "yan;zoe"]))
        for room in ("harbour", "cabin"):
            entries.writestr(f"{room}/2026.csv", table(
                *[["zoe", str(1_769_860_800_000 + number), f"message {number}"] for number in range(60)]))
        entries.writestr("directmessages/2026.csv", table(["zoe", "yan", "1769860800000", "hello"]))
    return base64.b64encode(file.getvalue()).decode()


def bulk_import(client):
    # In a workspace without any operation these leave a finished one.
    for name, key in (("downloadPendingFiles", "pending-files"), ("downloadPendingAvatars", "pending-files")):
        expect(client.call_api_post(name)["count"] == 0, "nothing is pending")
        expect(client.call_api_get("getImportProgress")["key"] == key, "the progress has the first key")
        expect(client.call_api_get("getImportFileData")["users"] == [], "nothing can be selected")

    expect(client.call_api_post("import.new")["operation"]["status"] == "importer_new", "the operation is new")
    users = [
        {"username": name, "emails": [f"{name}@example.com"], "importIds": [f"id {name}"], "name": name.title(),
         "password": name, "avatarUrl": None}
        for name in ("ada", "bob")]
    client.call_api_post("import.addUsers", users=users)
    client.call_api_post("import.addChannels", channels=[
        {"importIds": ["C1"], "t": "c", "name": "town", "u": {"_id": "id ada"}, "users": ["id ada", "id bob"]},
        {"importIds": ["G1"], "t": "p", "name": "attic", "u": {"_id": "id ada"}, "users": ["id ada"]},
        {"importIds": ["D1"], "t": "d", "users": ["id ada", "id bob"]}])
    client.call_api_post("import.addMessages", messages=[
        {"_id": "m1", "rid": "C1", "u": {"_id": "id ada"}, "ts": "2026-01-31T12:00:00.003Z", "msg": "good morning"},
        {"_id": "m2", "rid": "C1", "u": {"_id": "id bob"}, "ts": "2026-01-31T12:00:01.011Z", "msg": "hi", "tmid": "m1"},
        {"_id": "m3", "rid": "G1", "u": {"_id": "id ada"}, "ts": "2026-01-31T12:00:01.000Z", "msg": "quiet"},
        {"_id": "m4", "rid": "D1", "u": {"_id": "id bob"}, "ts": "2026-01-31T12:00:01.000Z", "msg": "hello"},
        {"_id": "m5", "rid": "C9", "u": {"_id": "id bob"}, "ts": "2026-01-31T12:00:01.000Z", "msg": "lost"}])
    expect(client.call_api_get("import.status")["state"] == "ready", "the operation is ready")
    client.call_api_post("import.run")
    count = wait(client, "done")["operation"]["count"]
    expect((count["completed"], count["error"]) == (9, 1), f"the counts, not {count}")
    failures = client.call_api_get("import.failures", type="message", count=1)
    expect([failure["data"]["_id"] for failure in failures["failures"]] == ["m5"], "the failed message is listed")
    expect(client.call_api_get("getCurrentImportOperation")["operation"]["valid"], "the operation is valid")
    expect(client.call_api_get("getImportProgress")["step"] == "importer_done", "the step is done")
    expect(client.call_api_get("getLatestImportOperations")[0]["type"] == "api", "the latest operation is listed")


def file_import(client):
    keys = [importer["key"] for importer in client.call_api_get("importers.list")]
    expect({"csv", "slack", "slack-users"} <= set(keys), "the importers are listed")
    client.call_api_post(
        "uploadImportFile", binaryContent=archive(), contentType="application/zip", fileName="export.zip",
        importerKey="csv")
    while "waiting" in (data := client.call_api_get("getImportFileData")):
        time.sleep(0.1)
    expect(sorted(user["username"] for user in data["users"]) == ["yan", "zoe"], "the users of the file")
    expect(client.call_api_get("import.findings", count=5)["success"], "the findings are listed")
    client.call_api_post(
        "startImport", input={"users": {"all": True}, "channels": {"all": True}, "contacts": {"all": False}})
    wait(client, "done")
    expect_rejected(
        lambda: client.call_api_post(
            "downloadPublicImportFile", fileUrl="http://127.0.0.1:1/export.zip", importerKey="csv"),
        "error-ssrf-validation-failed")
    expect_rejected(lambda: client.call_api_get("getImportFileData"), "error-import-operation-invalid")
    client.call_api_post("import.clear")


def users(client):
    expect(client.me()["username"] == "admin", "me")
    expect(client.info()["success"] and client.call_api_get("info")["success"], "info")
    ada = client.users_info(username="ada")["user"]["_id"]
    for found in (client.users_info(user_id=ada), client.users_info(import_id="id ada"),
                  client.users_info(email="ADA@example.com"), client.users_info(user_id=ada, includeUserRooms="true")):
        expect(found["user"]["_id"] == ada, "an account is found by each selector")
    expect({"ada", "zoe"} <= {user["username"] for user in client.users_list(count=2)}, "users.list in pages")
    expect([user["_id"] for user in client.users_list(email="ada@example.com")] == [ada], "users.list by address")
    expect(list(client.users_list(sort='{"createdAt": -1}'))[0]["_id"], "users.list sorted")
    created = client.users_create("eve@example.com", "Eve", "secret", "eve", verified=True, roles=["user"])
    eve = created["user"]["_id"]
    expect(client.users_update(eve, name="Eva", username="eve", email="eve@example.com")["user"]["name"] == "Eva",
           "users.update with unchanged values")
    expect_rejected(lambda: client.users_create("all@example.com", "All", "secret", "ALL"), "reserved")
    expect(client.users_set_active_status(eve, False)["user"]["active"] is False, "users.setActiveStatus")
    expect("<svg" in client.users_get_avatar(username="ada"), "users.getAvatar")
    expect(client.users_delete(eve)["success"], "users.delete")
    return ada


def rooms(address, admin):
    client = RocketChat("ada", "ada", server_url=address)
    # Ordinary accounts have ten calls a minute.
    admin.settings_update("API_Enable_Rate_Limiter", False)
    town = client.channels_info(channel="town")["channel"]["_id"]
    expect(client.channels_info(room_id=town)["channel"]["usersCount"] == 2, "channels.info")
    expect(client.call_api_get("channels.list", sort='{"name": 1}')["total"] >= 2, "channels.list sorted")
    expect({"town", "harbour"} <= {room["name"] for room in client.channels_list(count=1)}, "channels.list in pages")
    expect([room["name"] for room in client.channels_list_joined()] == ["town"], "channels.list.joined")
    members = [member["username"] for member in client.channels_members(room_id=town, sort='{"username": -1}')]
    expect(members == ["bob", "ada"], f"channels.members sorted, not {members}")
    history = list(client.channels_history(town, oldest="2026-01-31", latest="2026-01-31T12:00:00.003Z", inclusive="true"))
    expect([message["ts"] for message in history] == ["2026-01-31T12:00:00.003Z"], "channels.history with dates")
    expect(len(list(client.channels_history(town))) == 2, "channels.history")
    expect(client.call_api_get("channels.messages", roomId=town)["total"] == 2, "channels.messages")
    harbour = admin.channels_info(channel="harbour")["channel"]["_id"]
    expect(len(list(client.channels_history(harbour, count=7))) == 60, "channels.history in pages")

    attic = client.groups_info(room_name="attic")["group"]["_id"]
    expect([room["_id"] for room in client.groups_list()] == [attic], "groups.list")
    expect({"attic", "cabin"} <= {room["name"] for room in admin.groups_list_all()}, "groups.listAll")
    expect(len(list(client.groups_members(room_id=attic))) == 1, "groups.members")
    expect(len(list(client.groups_history(attic))) == 1, "groups.history")
    expect(client.call_api_get("groups.messages", roomId=attic)["count"] == 1, "groups.messages")

    direct = [room["_id"] for room in client.dm_list()][0]
    expect(len(list(admin.dm_list_everyone())) == 2, "dm.list.everyone")
    expect(len(list(client.dm_members(direct))) == 2, "dm.members")
    expect(len(list(client.dm_history(direct))) == 1, "dm.history")
    expect(len(list(client.dm_messages(username="bob"))) == 1, "dm.messages")
    for name in ("im.list", "im.members", "im.history", "im.messages"):
        expect(client.call_api_get(name, **({} if name == "im.list" else {"roomId": direct}))["success"], name)
    expect(admin.call_api_get("im.list.everyone")["total"] == 2, "im.list.everyone")

    expect(client.rooms_info(room_name="town")["room"]["_id"] == town, "rooms.info")
    expect(admin.call_api_get("rooms.info", importId="C1")["room"]["_id"] == town, "rooms.info by import id")
    expect(len(client.rooms_get()["update"]) == 3, "rooms.get")
    expect(client.rooms_get(updatedSince="2100-01-01")["update"] == [], "rooms.get since a date")
    kinds = {room["t"] for room in admin.rooms_admin_rooms(types=["p", "d"])}
    expect(kinds == {"p", "d"}, f"rooms.adminRooms of two kinds, not {kinds}")

    expect(client.chat_get_message("m1")["message"]["ts"] == "2026-01-31T12:00:00.003Z", "chat.getMessage")
    expect([m["_id"] for m in client.chat_get_thread_messages("m1")] == ["m2"], "chat.getThreadMessages")
    for text in ("good+morning", "good morning"):
        expect([message["_id"] for message in client.chat_search(town, text)] == ["m1"], f"chat.search for {text}")
    expect(client.logout()["status"] == "success", "logout")


def administration(client):
    expect({"admin", "user"} <= {role["_id"] for role in client.roles_list()["roles"]}, "roles.list")
    expect(len(client.permissions_list_all()["update"]) > 10, "permissions.listAll")
    expect(client.permissions_list_all(updatedSince="2100-01-01")["update"] == [], "permissions.listAll since a date")
    expect(client.permissions_update([{"_id": "create-c", "roles": ["admin"]}])["success"], "permissions.update")
    expect(client.settings_get("API_Default_Count")["value"] == 50, "settings/<id>")
    expect(client.settings_update("API_Default_Count", 50)["success"], "settings/<id> is written")
    expect(client.call_api_get("openapi.json", api_path="/api/")["openapi"] == "3.1.0", "the 3.1 document")
    expect(client.call_api_get("openapi-3.0.json", api_path="/api/")["openapi"] == "3.0.3", "the 3.0 document")
    expect(client.call_api_get("health", api_path="/")["status"] == "ok", "/health")
    expect(client.call_api_get("ready", api_path="/")["status"] == "ok", "/ready")
    expect("ferry_" in client.call_api_get("metrics", api_path="/"), "/metrics")
    expect("Ferry" in client.call_api_get("", api_path="/"), "the page at /")


def run(address, password):
    client = RocketChat("admin", password, server_url=address)
    bulk_import(client)
    file_import(client)
    users(client)
    rooms(address, client)
    administration(client)
    print("Python: rocketchat_API works.")
