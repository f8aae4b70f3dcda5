"""A synthetic Slack export of any size: threads, reactions, edits, bots, mentions, links, several scripts."""

import datetime
import json
import random
import zipfile

from .people import FIRST_NAMES, LAST_NAMES

USERS = 10_000
CHANNELS = 500
WORDS = (
    "the ferry leaves at nine please check whether logs say anything new about this one before we merge it café "
    "привет 東京 naïve deploy rollback green red build cache queue latency owner ticket draft review ship later"
).split()
EMOJI = ["thumbsup", "tada", "eyes", "heart", "wave::skin-tone-3"]
START = datetime.datetime(2021, 1, 4, tzinfo=datetime.timezone.utc)


def make_export(path, messages, users=USERS, channels=CHANNELS):
    """Writes an archive; memory does not grow with the number of messages."""
    generator = random.Random(11)
    people = [f"U{number:08}" for number in range(users)]
    rooms = [f"C{number:08}" for number in range(channels)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1, allowZip64=True) as archive:
        archive.writestr("users.json", json.dumps([person(id, n, generator) for n, id in enumerate(people)]))
        archive.writestr(
            "channels.json", json.dumps([channel(id, n, people, generator) for n, id in enumerate(rooms)]))
        for number, room in enumerate(rooms):
            share = messages // channels + (1 if number < messages % channels else 0)
            write_room(archive, number, room, share, people, generator)
    return path


def person(id, number, generator):
    first, last = generator.choice(FIRST_NAMES), generator.choice(LAST_NAMES)
    return {
        "id": id, "name": f"person{number}", "deleted": number % 40 == 0, "tz_offset": 3600, "is_bot": number % 200 == 0,
        "profile": {"real_name": f"{first} {last}", "email": f"person{number}@example.com", "title": "Engineer"},
    }


def channel(id, number, people, generator):
    return {
        "id": id, "name": f"channel-{number}", "created": int(START.timestamp()), "creator": people[number],
        "is_archived": number % 25 == 0, "is_general": number == 0, "members": generator.sample(people, 60),
        "topic": {"value": f"Topic {number}"}, "purpose": {"value": ""},
    }


def write_room(archive, number, room, count, people, generator):
    """One file per day, with about 60 messages each."""
    members = generator.sample(people, 60)
    day, written, parents = START, 0, []
    while written < count:
        size = min(count - written, generator.randrange(30, 90))
        stamps = sorted(generator.sample(range(86_400_000), size))
        lines = []
        for offset in stamps:
            stamp = f"{int(day.timestamp()) + offset // 1000}.{offset % 1000:03}{generator.randrange(1000):03}"
            lines.append(message(stamp, members, parents, generator))
        archive.writestr(f"channel-{number}/{day:%Y-%m-%d}.json", json.dumps(lines, ensure_ascii=False))
        written += size
        day += datetime.timedelta(days=1)


def message(stamp, members, parents, generator):
    author = generator.choice(members)
    text = " ".join(generator.choices(WORDS, k=generator.randrange(3, 40)))
    if generator.random() < 0.15:
        text += f" <@{generator.choice(members)}>"
    if generator.random() < 0.05:
        text += " <https://example.com/a?b=1&amp;c=2|the page>"
    result = {"type": "message", "user": author, "text": text, "ts": stamp, "client_msg_id": f"{generator.getrandbits(64):x}"}
    chance = generator.random()
    if chance < 0.15 and parents:
        result["thread_ts"] = generator.choice(parents)
    elif chance < 0.2:
        parents[:] = parents[-20:] + [stamp]
    if chance > 0.9:
        result["reactions"] = [
            {"name": name, "users": generator.sample(members, 2), "count": 2} for name in generator.sample(EMOJI, 2)]
    if 0.5 < chance < 0.53:
        result["edited"] = {"user": author, "ts": stamp}
    return result
