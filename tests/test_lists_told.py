"""What `run` and `status` say of list pages that are read and in no doubt: a page that is cut, a list that moved."""

import json
from pathlib import Path

import pytest
from stand_ins.web import Answer, Web

from bridge.cli import main

CONFIG = """
[network]
allow = ["127.0.0.0/8"]
gap = "0s"
[[portals]]
id = "p"
title = "柳渡"
url = "{url}"
"""
ARTICLE = "<html><head><title>{0}</title></head><body><h1>{0}</h1><p>发布时间：2026-05-01 10:00</p><p>{1}</p></body></html>"


@pytest.fixture
def portal(tmp_path, monkeypatch, capsys):
    """(web, command): a site whose list stands at /, and `command(words…)` → (code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    with Web() as web:
        (tmp_path / "config.toml").write_text(CONFIG.format(url=web.url("/list/")), encoding="utf-8")

        def command(*words):
            code = main(list(words))
            told = capsys.readouterr()
            return code, told.out, told.err

        yield web, command


def listed(web, numbers, line, around="{}"):
    for number in numbers:
        web.route(f"/a/{number}.html", page(article(number)))
    web.route("/list/", page(around.format("".join(line.format(n=n, title=title(n)) for n in numbers))))


def article(number):
    return ARTICLE.format(title(number), "".join(f"第{number}号桥长{number * n}米，宽{number + n}米，今日起开放。" for n in range(9, 19)))


def title(number):
    return f"第{number}号桥今日通车市民可步行前往"


def page(text):
    return Answer(body=f"<meta charset=utf-8>{text}".encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def test_a_page_of_too_many_links_says_what_was_left_unread(portal):
    """One line of the run, of the status and of a preview; the portal is well, and what was read is known."""
    web, command = portal
    text = "".join(f'<li><a href="/a/{n}.html">{title(n)}</a></li>' for n in range(6_000, 0, -1))
    web.route("/list/", page(f"<ul>{text}</ul>"))
    web.fallback = page(article(1))
    code, out, err = command("run", "--json", "--budget", "4s")
    told = "only the first 5,000 links were read, 1,000 more were not"
    assert told in out + err
    assert code == 0
    _, out, _ = command("status", "--json")
    (seen,) = json.loads(out)["portals"]
    assert (seen["verdict"], told in seen["detail"]) == ("well", True)
    assert told in " ".join(command("status")[1].split())
    assert told in command("preview", "list", web.url("/list/"), "--allow", "127.0.0.0/8", "--gap", "0s")[1]


def test_the_place_of_a_list_is_kept_and_another_one_is_told(portal):
    """The list stands elsewhere after a redesign: `run` says so once, `status` for days, nothing is published twice."""
    web, command = portal
    listed(web, range(12, 2, -1), '<li><a href="/a/{n}.html">{title}</a> 2026-05-01</li>', '<ul class="news">{}</ul>')
    assert "another place" not in "".join(command("run", "--json")[1:])
    listed(web, range(13, 3, -1), '<li><a href="/a/{n}.html">{title}</a> 2026-05-01</li>', '<ul class="news">{}</ul>')
    assert "another place" not in "".join(command("run", "--now", "--json")[1:])
    listed(web, range(14, 4, -1), '<div class="row"><h3><a href="/a/{n}.html">{title}</a></h3><i>2026-05-01</i></div>')
    code, out, err = command("run", "--now", "--json")
    assert (code, "the list stands at another place of the page than before" in out + err) == (0, True)
    assert "another place" in command("status")[1]
    listed(web, range(15, 5, -1), '<div class="row"><h3><a href="/a/{n}.html">{title}</a></h3><i>2026-05-01</i></div>')
    _, out, err = command("run", "--now", "--json")
    assert "another place" not in err
    assert "another place" in command("status")[1]
    assert len(json.loads(Path("state/public/p.json").read_text(encoding="utf-8"))["items"]) == 13


def test_articles_that_only_scripts_would_show_are_read_from_the_data_of_the_page(portal):
    """A page without a link: what `__NEXT_DATA__` lists is fetched and published."""
    web, command = portal
    for number in range(5):
        web.route(f"/a/{number}.html", page(article(number)))
    lines = json.dumps([{"title": title(number), "url": f"/a/{number}.html"} for number in range(5)])
    web.route("/list/", page(f'<div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{{"posts": {lines}}}</script>'))
    code, _, _ = command("run", "--json")
    assert (code, len(json.loads(Path("state/public/p.json").read_text(encoding="utf-8"))["items"])) == (0, 5)


def test_the_page_of_an_article_that_cannot_be_had_is_named(portal):
    """The article is whole or not at all, and its first page answers well when somebody looks."""
    web, command = portal
    listed(web, range(1, 9), '<li><a href="/a/{n}.html">{title}</a></li>', "<ul>{}</ul>")
    web.route(
        "/a/3.html", page(article(3).replace("</body>", '<p><a href="/a/3_2.html">2</a> <a href="/a/3_2.html">下一页</a></p></body>'))
    )
    code, out, err = command("run", "--json")
    assert (code, json.loads(out)["new"]) == (0, 7)
    assert f"{web.url('/a/3.html')}: http-404 at {web.url('/a/3_2.html')}" in out + err
