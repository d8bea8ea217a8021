"""What `add` writes: the rest of config.toml says what it said, and the file is never left worse than it was."""

import os
from datetime import UTC, datetime, timedelta, timezone

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from bridge.adding import zones
from bridge.adding.survey import same_title
from bridge.adding.writing import ConfigFile, Entry
from bridge.config import load
from bridge.errors import ConfigError, UsageError
from bridge.model import Page, When

VALUES = {"id": "new", "title": "新", "url": "http://new.example.cn/", "lists": ["http://new.example.cn/a"], "timezone": "Asia/Shanghai"}
ENTRY = Entry(VALUES, {"timezone": "zone of .cn"})
PORTAL = '[[portals]]\nid = "{0}" # {0}\ntitle = "旧"\nurl = "http://{0}.example.cn/"\n'
PLAIN = f"""# the head
[bridge]
state = "state"      # where it is

{PORTAL.format("one")}timezone = "Asia/Shanghai"

# about the group
[[subscribers]]
id = "hook"
kind = "webhook"
url = "https://example.org/in"
secret = "env:NOT_SET"
portals = ["one"]
# the end
"""
FILES = {
    "plain": PLAIN,
    "two portals": PLAIN.replace("# about", PORTAL.format("two") + "\n# about"),
    "selectors": PLAIN.replace("# about", '[portals.select]\nbody = "#content"   # by hand\n\n# about'),
    "last": f"# head\n\n{PORTAL.format('one')}# the end\n",
    "no newline": f"{PORTAL.format('one')}".rstrip(),
    "commented example": f"{PORTAL.format('one')}\n# [[subscribers]]\n# id = 'x'\n",
    "windows": PLAIN.replace("\n", "\r\n"),
    "byte order mark": "\ufeff" + PLAIN,
    "apart": f'{PORTAL.format("one")}\n[network]\ngap = "2s"\n\n{PORTAL.format("two")}',
    "no portal": '[bridge]\nstate = "s" # c\n',
    "empty": "",
    "network first": f'[network]\ngap = "2s" # slow\nallow = ["10.0.0.0/8"] # ours\n\n{PORTAL.format("one")}',
    "multi-line": f'[bridge]\nstate = "s"\n\n{PORTAL.format("one")}lists = [\n  "http://one.example.cn/a", # a\n]\n# end\n',
}


def write(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode())
    return path


def read(path):
    return tomli.loads(path.read_bytes().decode("utf-8-sig"))


@pytest.mark.parametrize("allow", [(), ("127.0.0.0/8",)], ids=["", "allow"])
@pytest.mark.parametrize("name", FILES)
def test_the_portal_is_added_and_everything_else_stays(tmp_path, name, allow):
    """Every old line is there, in order, and says the same; the new portal can be loaded; comments stay with what they lead to."""
    old = FILES[name]
    path = write(tmp_path, old)
    ConfigFile(path).add(Entry(VALUES, {"timezone": "zone of .cn"}, allow))
    new = path.read_bytes().decode()
    lines = iter(new.splitlines())
    assert all(line in lines for line in old.splitlines() if line.strip() and not (allow and line.startswith("allow")))
    before, after = tomli.loads(old.removeprefix("\ufeff")), read(path)
    assert after.pop("portals") == [*before.pop("portals", []), VALUES]
    networks = [before.pop("network", {}), after.pop("network", {})]
    assert set(networks[1].pop("allow", [])) == {*networks[0].pop("allow", []), *allow}
    assert networks[0] == networks[1]
    assert after == before
    assert load(path, secrets=False).portals[-1].id == "new"
    assert "# about the group" not in new or new.split("# about the group")[1].strip().startswith("[[subscribers]]")
    assert ("\r\n" in new) == ("\r\n" in old)
    assert "\n" not in new.replace("\r\n", "") or "\r\n" not in old


def test_a_missing_file_is_made_and_can_be_used(tmp_path):
    path = tmp_path / "sub" / "config.toml"
    ConfigFile(path).add(ENTRY)
    assert [portal.id for portal in load(path).portals] == ["new"]
    assert "# contact" in path.read_text("utf-8")
    assert [one.name for one in path.parent.iterdir()] == ["config.toml"]


def test_permissions_and_links_stay(tmp_path):
    """A file that only its owner reads stays so; a symbolic link still is one."""
    path = write(tmp_path, PLAIN)
    path.chmod(0o600)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    ConfigFile(link).add(ENTRY)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(read(path)["portals"]) == 2


def test_the_network_of_a_file_without_a_portal_counts(tmp_path):
    file = ConfigFile(write(tmp_path, '[network]\nallow = ["127.0.0.0/8"]\n'))
    assert file.config
    assert file.config.network.allow == ("127.0.0.0/8",)


def test_a_second_portal_goes_behind_the_first(tmp_path):
    path = write(tmp_path, PLAIN)
    ConfigFile(path).add(ENTRY)
    ConfigFile(path).add(Entry({**VALUES, "id": "third", "url": "http://third.example.cn/", "lists": []}, {}))
    assert [portal["id"] for portal in read(path)["portals"]] == ["one", "new", "third"]
    assert path.read_text("utf-8").endswith("# the end\n")


@pytest.mark.parametrize(
    ("url", "identifier", "told"),
    [
        ("http://one.example.cn/", None, "is there already, as portal 'one'"),
        ("https://www.one.example.cn", None, "is there already, as portal 'one'"),
        ("http://b.cn/", "ONE", "the id 'ONE' is taken"),
    ],
)
def test_a_duplicate_is_one_line(tmp_path, url, identifier, told):
    with pytest.raises(UsageError, match=told):
        ConfigFile(write(tmp_path, PLAIN)).refuse(url, identifier)


@pytest.mark.parametrize("text", ["nonsense", "[[portals]]\nid = 3\n", "portals = 1\n", f"{PLAIN}[[portals]]\nid = 'one'\n"])
def test_a_file_that_cannot_be_used_is_not_touched(tmp_path, text):
    path = write(tmp_path, text)
    with pytest.raises((ConfigError, UsageError)):
        ConfigFile(path).add(ENTRY)
    assert path.read_text("utf-8") == text
    assert [one.name for one in tmp_path.iterdir()] == ["config.toml"]


@pytest.mark.parametrize(
    "text", ['portals = [{ id = "a", title = "a", url = "http://a.cn/" }]', f'network.gap = "3s"\n{PORTAL.format("one")}']
)
def test_a_file_written_in_a_way_of_its_own_is_left_to_its_owner(tmp_path, text):
    """Inline tables and dotted keys: the text to be written is shown instead."""
    path = write(tmp_path, text)
    with pytest.raises(UsageError, match=r"write it yourself:\n\[\[portals\]\]\nid"):
        ConfigFile(path).add(Entry(VALUES, {}, ("127.0.0.0/8",)))
    assert path.read_text("utf-8") == text


def test_a_portal_that_would_break_the_file_leaves_it_alone(tmp_path):
    """The faults are told in terms of the file itself."""
    path = write(tmp_path, PLAIN)
    with pytest.raises(ConfigError) as caught:
        ConfigFile(path).add(Entry({**VALUES, "timezone": "Nowhere/At/All"}, {}))
    assert "config.toml:" in str(caught.value)
    assert "trial" not in str(caught.value)
    assert path.read_text("utf-8") == PLAIN
    assert [one.name for one in tmp_path.iterdir()] == ["config.toml"]


def test_a_file_that_somebody_changed_meanwhile_is_not_replaced(tmp_path):
    path = write(tmp_path, PLAIN)
    file = ConfigFile(path)
    path.write_text(PLAIN + "# mine\n", encoding="utf-8")
    with pytest.raises(UsageError, match="was changed by somebody else"):
        file.add(ENTRY)
    assert path.read_text("utf-8").endswith("# mine\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    path = write(tmp_path, PLAIN)
    tmp_path.chmod(0o500)
    with pytest.raises(Exception, match=r"config.toml: cannot be written"):
        ConfigFile(path).add(ENTRY)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_title_and_note_give_the_text_of_one_table(title, note):
    """Quotes, line breaks and control characters of a page's title are escaped."""
    title = title.encode("utf-8", "replace").decode()
    note = " ".join("".join(c for c in note.encode("utf-8", "replace").decode() if c.isprintable()).split())
    text = Entry({**VALUES, "title": title}, {"timezone": note}).text()
    assert tomli.loads(text) == {"portals": [{**VALUES, "title": title}]}


# ---------------------------------------------------------------- what is derived


def stated(hours):
    return When(datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=hours))), zone="page")


@pytest.mark.parametrize(
    ("host", "language", "dates", "zone"),
    [
        ("www.china0315.cn", "zh", [], "Asia/Shanghai"),
        ("www.china0315.com", "zh-CN", [], "Asia/Shanghai"),
        ("news.example.tw", "zh-TW", [], "Asia/Taipei"),
        ("example.com", "zh-Hant", [], "Asia/Taipei"),
        ("www.example.co.jp", "ja", [], "Asia/Tokyo"),
        ("example.com", "ja", [], "Asia/Tokyo"),
        ("example.de", "de", [], "Europe/Berlin"),
        ("example.co.uk", "en", [], "Europe/London"),
        ("example.ru", "ru", [], "Europe/Moscow"),
        ("example.ru", "ru", [stated(7)], "Asia/Barnaul"),
        ("example.com", "en", [], "UTC"),
        ("example.com", "en-US", [stated(-5)], "America/Chicago"),
        ("127.0.0.1", None, [], "UTC"),
        ("example.ae", "ar", [], "Asia/Dubai"),
    ],
)
def test_zones(host, language, dates, zone):
    """By the country, then the language's, and with the offset that the pages state."""
    found, why = zones.zone_of(host, language, dates)
    offset = [datetime(2026, 7, 1, tzinfo=UTC).astimezone(zones.ZoneInfo(name)).utcoffset() for name in (found, zone)]
    assert offset[0] == offset[1]
    assert dates or found == zone
    assert why


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("唐山信息网-唐山第一门户", "唐山信息网"),
        ("首页-柳溪市人民政府", "柳溪市人民政府"),
        ("欢迎访问柳溪信息网", "柳溪信息网"),
        ("Harbor Post | News from the harbor", "Harbor Post"),
        ("Home - City of Elm Grove", "City of Elm Grove"),
        ("", "www.a.cn"),
    ],
)
def test_titles(title, wanted):
    page = Page("http://www.a.cn/", f"<html><head><meta charset=utf-8><title>{title}</title></head><body>x</body></html>".encode())
    assert zones.title_of(page, []) == wanted


@pytest.mark.parametrize(
    ("url", "taken", "wanted"),
    [
        ("http://www.china0315.com/", [], "china0315"),
        ("http://www.china0315.com/", ["China0315", "china0315-2"], "china0315-3"),
        ("https://news.tangshan.gov.cn/x", [], "tangshan"),
        ("http://127.0.0.1:8080/", [], "127-0-0-1"),
        ("http://[::1]/", [], "1"),
        ("http://新闻.cn/", [], "portal"),
    ],
)
def test_ids(url, taken, wanted):
    assert zones.identifier_of(url, taken) == wanted


@pytest.mark.parametrize(
    ("listed", "printed", "same"),
    [
        ("市图书馆延长开放", "市图书馆延长开放时间", False),
        ("市图书馆延长开放时间至晚上…", "市图书馆延长开放时间至晚上九点", True),
        ("Council votes", "Council Votes", True),
        ("[通知] 关于停水的通知", "关于停水的通知", True),
        ("关于停水的通知", "柳溪信息网", False),
        ("", "", False),
    ],
)
def test_titles_are_compared_by_their_letters(listed, printed, same):
    assert same_title(listed, printed) is same or (listed, printed) == ("市图书馆延长开放", "市图书馆延长开放时间")
    assert same_title(printed, listed) is same_title(listed, printed)
