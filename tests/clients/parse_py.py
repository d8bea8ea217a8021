"""Run in the clients' own environment: reads URL with one client, prints {"status", "version", "items": [[id, title, link, seconds]]}.

Arguments: client, address, folder for its state.
"""

import calendar
import json
import sys
import urllib.request
from importlib.metadata import version
from pathlib import Path


def _seconds(at):
    return int(at.timestamp()) if at else None


def _body(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.read()


def feedparser(url, folder):
    import feedparser as client

    memory = folder / "validators.json"
    known = json.loads(memory.read_text()) if memory.exists() else {}
    got = client.parse(url, etag=known.get("etag"), modified=known.get("modified"))
    if got.bozo:
        raise got.bozo_exception
    if got.status == 200:
        memory.write_text(json.dumps({"etag": got.etag, "modified": got.modified}))
    return got.status, [[e.id, e.title, e.link, calendar.timegm(e.published_parsed)] for e in got.entries]


def fastfeedparser(url, folder):
    import fastfeedparser as client
    from dateutil.parser import isoparse

    got = client.parse(_body(url))
    return 200, [[e.id, e.title, e.link, _seconds(isoparse(e.published))] for e in got.entries]


def atoma(url, folder):
    import atoma as client

    body = _body(url)
    if url.endswith(".rss"):
        return 200, [[i.guid, i.title, i.link, _seconds(i.pub_date)] for i in client.parse_rss_bytes(body).items]
    if url.endswith(".json"):
        return 200, [[i.id_, i.title, i.url, _seconds(i.date_published)] for i in client.parse_json_feed_bytes(body).items]
    entries = client.parse_atom_bytes(body).entries
    return 200, [[e.id_, e.title.value, _alternate(e.links), _seconds(e.published)] for e in entries]


def _alternate(links):
    return next(link.href for link in links if link.rel in (None, "alternate"))


def reader(url, folder):
    from reader import make_reader

    with make_reader(str(folder / "reader.sqlite")) as client:
        client.add_feed(url, exist_ok=True)
        client.update_feed(url)
        return 0, [[e.id, e.title, e.link, _seconds(e.published)] for e in client.get_entries()]


if __name__ == "__main__":
    name, url, folder = sys.argv[1:]
    status, items = globals()[name](url, Path(folder))
    sys.stdout.write(json.dumps({"status": status, "version": version(name), "items": items}))
