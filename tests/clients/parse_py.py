"""Run in the clients' own environment, as `parse_py.py CLIENT FOLDER`: reads the feed whose address is a line of standard input.

Each answer is one line of JSON: {"items": [{"id", "title", "link", "at", "body"}], "language", "previous", "modified"}, or {"error"}.
`at` is in seconds since 1970; `previous` is the archive document that the client is led to; `modified` how many items it says were edited.
"""

import calendar
import gzip
import json
import sys
import urllib.request
from pathlib import Path


def _item(identifier, title, link, at, body):
    return {"id": identifier, "title": title, "link": link, "at": at, "body": body or ""}


def _seconds(at):
    return int(at.timestamp()) if at else None


def _body(url):
    asked = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=20) as answer:
        body = answer.read()
        return gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body


class Feedparser:
    """Keeps the validators of each address, as its documentation advises, and what it read there, for a 304 brings nothing."""

    def __init__(self, _):
        self.known, self.read_before = {}, {}

    def read(self, url):
        import feedparser as client

        got = client.parse(url, **self.known.get(url, {}))
        if got.bozo:
            raise got.bozo_exception
        if got.status == 304:
            return self.read_before[url]
        self.known[url] = {"etag": got.etag, "modified": got.modified}
        links = {link.rel: link.href for link in got.feed.get("links", [])}
        self.read_before[url] = {
            "items": [_item(e.id, e.title, e.link, calendar.timegm(e.published_parsed), self._text(e)) for e in got.entries],
            "language": got.feed.get("language"),
            "previous": links.get("prev-archive"),
        }
        return self.read_before[url]

    def _text(self, entry):
        return entry.content[0].value if "content" in entry else entry.get("summary")


class Fastfeedparser:
    def __init__(self, _):
        pass

    def read(self, url):
        import fastfeedparser as client
        from dateutil.parser import isoparse

        got = client.parse(_body(url))
        items = [_item(e.id, e.title, e.link, _seconds(isoparse(e.published)), self._text(e)) for e in got.entries]
        return {"items": items, "language": got.feed.get("language")}

    def _text(self, entry):
        contents = entry.get("content") or []
        return contents[0]["value"] if contents else entry.get("description")


class Atoma:
    def __init__(self, _):
        pass

    def read(self, url):
        import atoma as client

        body = _body(url)
        if url.endswith(".rss"):
            feed = client.parse_rss_bytes(body)
            items = [_item(i.guid, i.title, i.link, _seconds(i.pub_date), i.content_encoded or i.description) for i in feed.items]
            return {"items": items, "language": feed.language}
        if url.endswith(".json"):
            feed = client.parse_json_feed_bytes(body)
            items = [_item(i.id_, i.title, i.url, _seconds(i.date_published), i.content_html or i.content_text) for i in feed.items]
            return {"items": items, "previous": feed.next_url}
        feed = client.parse_atom_bytes(body)
        previous = next((link.href for link in feed.links if link.rel == "prev-archive"), None)
        return {"items": [self._entry(e) for e in feed.entries], "previous": previous}

    def _entry(self, entry):
        link = next(link.href for link in entry.links if link.rel in (None, "alternate"))
        text = entry.content or entry.summary
        return _item(entry.id_, entry.title.value, link, _seconds(entry.published), text.value if text else "")


class Reader:
    """Answers what its database holds of the address after the update."""

    def __init__(self, folder):
        self.path = str(folder / "reader.sqlite")

    def read(self, url):
        from reader import make_reader

        with make_reader(self.path) as client:
            client.add_feed(url, exist_ok=True)
            done = client.update_feed(url)
            if client.get_feed(url).last_exception:
                raise ValueError(client.get_feed(url).last_exception.value_str)
            items = [_item(e.id, e.title, e.link, _seconds(e.published), self._text(e)) for e in client.get_entries(feed=url)]
            return {"items": items, "modified": done.modified if done else 0}

    def _text(self, entry):
        return entry.content[0].value if entry.content else entry.summary


CLIENTS = {"feedparser": Feedparser, "fastfeedparser": Fastfeedparser, "atoma": Atoma, "reader": Reader}


def main():
    client = CLIENTS[sys.argv[1]](Path(sys.argv[2]))
    for line in sys.stdin:
        try:
            answer = client.read(line.strip())
        except Exception as error:  # noqa: BLE001, whatever it is, it is the answer
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
