"""Synthetic users, and request bodies with them."""

import json
import random

REQUEST_USERS = 10_000
FIRST_NAMES = "Ada Grace Alan Edsger Barbara Donald Radia Leslie Frances Ken Иван 小龙 Zoë José Anaïs Søren".split()
SYLLABLES = [start + vowel for start in "b d f g k l m n p r s t v z".split() for vowel in "a e i o u".split()]
LAST_NAMES = "Lovelace Hopper Turing Dijkstra Liskov Knuth Perlman Lamport Allen Петров 李 Müller García".split()


def user(number, generator, password=None, random_keys=False):
    """A user with a name-like username and address and a staff number, or with random keys."""
    first, last = generator.choice(FIRST_NAMES), generator.choice(LAST_NAMES)
    if random_keys:
        key = f"{generator.randrange(1 << 40):010x}"
        username, staff_number = f"{key}.u{number}", f"hr-{key}-{number}"
    else:
        # 4,000,000 names in random order; staff numbers ascend.
        one, two, three, four = generator.choices(SYLLABLES, k=4)
        username, staff_number = f"{one}{two}.{three}{four}{number}", f"hr-{number:08}"
    result = {
        "username": username,
        "emails": [f"{username}@example.com"],
        "importIds": [staff_number],
        "name": f"{first} {last}",
        "utcOffset": generator.randrange(-11, 12),
        "bio": "Works on \"engines\" and\nwrites about them.",
        "statusText": "away" if number % 3 else "here",
    }
    if password:
        result["password"] = password
    return result


def bodies(directory, count, password=None, random_keys=False):
    """Writes request bodies to files beforehand, so that their creation is not measured."""
    generator = random.Random(7)
    paths = []
    for start in range(0, count, REQUEST_USERS):
        users = [
            user(number, generator, password and f"{password}{number}", random_keys)
            for number in range(start, min(count, start + REQUEST_USERS))
        ]
        path = directory / f"body-{start}.json"
        path.write_text(json.dumps({"users": users}, ensure_ascii=False), encoding="utf-8")
        paths.append(path)
    return paths
