"""The address guard: every special range, every spelling, and no way around it by changing names."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins.web import Answer, Web

from bridge.errors import AddressRefused, Unreachable
from bridge.web.guard import Guard, host_key, safe_url, shown
from bridge.web.wire import Deadline, open_session

RANGES = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
    "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "168.63.129.16/32", "::/128", "::1/128", "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32",
    "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "4000::/3", "5f00::/16", "8000::/1", "fc00::/7", "fe80::/10", "fec0::/10",
    "ff00::/8",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "198.17.255.255",
          "198.20.0.0", "223.255.255.255", "2001:200::1", "2400:3200::1", "2606:4700::1111", "2620:4f:8000::1"]  # fmt: skip


@pytest.mark.parametrize("cidr", RANGES)
def test_both_ends_of_each_range_are_refused(cidr):
    """First and last address of each special range are refused, and let through where the operator exempts all."""
    network = ip_network(cidr)
    for address in (network[0], network[-1]):
        assert Guard().refusal(str(address))
        assert Guard(("0.0.0.0/0", "::/0")).refusal(str(address)) is None


@pytest.mark.parametrize("address", PUBLIC)
def test_neighbours_of_the_ranges_are_public(address):
    """Ordinary addresses pass."""
    assert Guard().refusal(address) is None


@given(st.ip_addresses(v=4))
@settings(max_examples=200)
def test_a_public_address_is_global_for_python_too(address):
    """What the guard lets through, the standard library's table calls global as well."""
    if Guard().refusal(str(address)) is None:
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=6))
@settings(max_examples=200)
def test_only_global_unicast_passes(address):
    """No IPv6 address outside 2000::/3 passes."""
    if Guard().refusal(str(address)) is None:
        assert address in ip_network("2000::/3")
        assert address.is_global


def mapped(v4):
    return IPv6Address((0xFFFF << 32) | int(v4))


@given(st.ip_addresses(v=4))
@settings(max_examples=50)
def test_mapped_addresses_are_refused_whatever_they_hold(v4):
    """::ffff:a.b.c.d never passes by itself, and passes when either spelling is exempt."""
    assert Guard().refusal(str(mapped(v4)))
    assert Guard((f"{v4}/32",)).refusal(str(mapped(v4))) is None
    assert Guard((f"{mapped(v4)}/128",)).refusal(str(mapped(v4))) is None


@pytest.mark.parametrize(
    ("allow", "address", "passes"),
    [
        ("64:ff9b::/96", "64:ff9b::8.8.8.8", True),
        ("64:ff9b::/96", "64:ff9b::10.0.0.1", False),
        ("2002::/16", "2002:808:808::1", True),
        ("2002::/16", "2002:a00:1::1", False),
        ("::/96", "::127.0.0.1", False),
        ("10.0.0.0/8", "64:ff9b::10.0.0.1", False),
        ("10.1.2.3/8", "10.9.9.9", True),
        ("10.0.0.0/8", "11.0.0.1", True),
        ("10.0.0.0/8", "192.168.0.1", False),
        ("fe80::/10", "fe80::1%1", True),
        ("127.0.0.1/32", "127.0.0.2", False),
    ],
)
def test_exemptions(allow, address, passes):
    """An exemption covers its own network, and what a tunnel address holds inside must be fit too."""
    assert (Guard((allow,)).refusal(address) is None) == passes


def test_malformed_exemption():
    """A network that is none is a ValueError, for the configuration to report."""
    with pytest.raises(ValueError, match="private"):
        Guard(("private",))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "0x7f.1", "0177.0.0.1", "2130706433", "0", "localhost", "[::1]", "::1", "::ffff:7f00:1"]
)
def test_spellings_of_loopback(host):
    """However it is written, loopback is loopback."""
    with pytest.raises((AddressRefused, socket.gaierror)) as caught:
        Guard().check(host, 80)
    assert isinstance(caught.value, AddressRefused) or host in {"[::1]", "::1"}


def answers(monkeypatch, *rounds):
    """getaddrinfo gives each round's addresses in turn, the last one for ever; the list that is returned counts its calls."""
    left, asked = list(rounds), []

    def resolve(host, port, *args, **kwargs):
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        families = [(socket.AF_INET6, (a, port, 0, 0)) if ":" in a else (socket.AF_INET, (a, port)) for a in found]
        return [(family, socket.SOCK_STREAM, 6, "", address) for family, address in families]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_one_private_address_among_public_ones_refuses_the_name(monkeypatch):
    """All addresses are judged, not just the first."""
    answers(monkeypatch, ["1.1.1.1", "2606:4700::1111", "10.0.0.1"])
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1, private"):
        Guard().check("mixed.test", 80)


def test_endpoints_come_in_the_resolvers_order(monkeypatch):
    """What is judged is what is connected to, in the order of the resolver."""
    answers(monkeypatch, ["2606:4700::1111", "1.1.1.1"])
    found = Guard().check("good.test", 8080)
    assert [(e.family, e.address[:2]) for e in found] == [
        (socket.AF_INET6, ("2606:4700::1111", 8080)),
        (socket.AF_INET, ("1.1.1.1", 8080)),
    ]


def test_rebinding_gains_nothing(monkeypatch):
    """The connection goes to the address that was judged: one look-up, whatever the name says a moment later."""
    with Web() as judged, Web() as other:
        judged.fallback, other.fallback = b"judged", b"other"
        monkeypatch.setattr("bridge.web.wire._connect", connect_by_map({("1.1.1.1", 80): judged.port, ("10.0.0.1", 80): other.port}))
        asked = answers(monkeypatch, ["1.1.1.1"], ["10.0.0.1"])
        with open_session(Guard()) as client:
            assert client.get("http://rebind.test/").content == b"judged"
        assert asked == ["rebind.test"]
        with open_session(Guard()) as client, pytest.raises(AddressRefused):
            client.get("http://rebind.test/")
        assert not other.seen


def connect_by_map(ports):
    """A _connect whose public addresses are ports on loopback; everything else is as in the real one."""
    from bridge.web.wire import Endpoint, _connect

    def connect(endpoints, timeout, options):
        there = [Endpoint(socket.AF_INET, ("127.0.0.1", ports[e.address[:2]])) for e in endpoints]
        return _connect(there, timeout, options)

    return connect


def test_the_next_address_is_tried(monkeypatch):
    """A name whose first address is dead still works."""
    with Web() as web:
        web.fallback = b"second"
        with socket.create_server(("127.0.0.1", 0)) as gone:
            dead = gone.getsockname()[1]
        monkeypatch.setattr("bridge.web.wire._connect", connect_by_map({("1.1.1.1", 80): dead, ("1.0.0.1", 80): web.port}))
        answers(monkeypatch, ["1.1.1.1", "1.0.0.1"])
        with open_session(Guard()) as client:
            assert client.get("http://two.test/").content == b"second"


def test_session_follows_no_redirect():
    """Whatever the caller asks for, the answer is the redirect itself."""
    with Web() as web:
        web.route("/a", Answer(status=302, headers={"Location": "http://10.0.0.1/"}))
        with open_session(Guard(("127.0.0.1/32",))) as client:
            assert client.post(web.url("/a"), data=b"x").status_code == 302


def test_deadline_covers_a_connection_that_was_kept_open():
    """The second request of a session, on the first one's connection, is cut in time too."""
    with Web() as web, open_session(Guard(("127.0.0.1/32",))) as client:
        web.route("/slow", Answer(b"x" * 1000, drip=0.02))
        with Deadline(10):
            assert client.get(web.url("/none")).status_code == 404
        with pytest.raises(OSError), Deadline(0.2) as deadline:  # noqa: PT011 - which of them is requests' affair
            client.get(web.url("/slow"))
        assert deadline.expired
        assert web.connections == 1


# ---------------------------------------------------------------- addresses as text


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://Example.COM:80", "http://example.com/"),
        ("https://example.com:443/a?b#c", "https://example.com/a?b"),
        ("http://example.com:8080/", "http://example.com:8080/"),
        ("http://例子.测试/新闻?页=1", "http://xn--fsqu00a.xn--0zwm56d/%E6%96%B0%E9%97%BB?%E9%A1%B5=1"),
        ("http://h./a%2Fb%", "http://h/a%2Fb%25"),
        ("http://[2606:4700:0::1]/", "http://[2606:4700::1]/"),
        (" http://h/a b\n", "http://h/a%20b"),
        ("http://under_score.example/", "http://under_score.example/"),
    ],
)
def test_safe_url(url, expected):
    """An address is brought into the form that goes on the wire, once and for all."""
    assert safe_url(url) == expected
    assert safe_url(expected) == expected


@pytest.mark.parametrize(
    "url",
    ["ftp://h/", "//h/", "h", "", "http://", "http:///p", "http://u@h/", "http://u:p@h/", "http://h:0/", "http://h:65536/", "http://h:x/",
     "http://[::1", "http://[fe80::1%25eth0]/", "http://a b/", "http://h\\x/", "http://-/", "http://" + "a" * 300 + "/", "javascript:1"],
)  # fmt: skip
def test_unsafe_url(url):
    """What cannot be asked for safely is bad-url."""
    with pytest.raises(Unreachable) as caught:
        safe_url(url)
    assert caught.value.cause == "bad-url"


@given(st.text(max_size=60))
@settings(max_examples=200)
def test_safe_url_is_total(text):
    """Any text is either an address of printable ASCII that stays as it is, or bad-url."""
    try:
        url = safe_url("http://" + text)
    except Unreachable:
        return
    assert url.isascii()
    assert url.isprintable()
    assert " " not in url
    assert safe_url(url) == url


@pytest.mark.parametrize(
    ("url", "expected"),
    [("http://h/", "h"), ("https://h/x", "h"), ("http://h:81/", "h:81"), ("https://h:80/", "h:80"), ("http://[::2]:1/", "[::2]:1")],
)
def test_host_key(url, expected):
    """The host, with a port that is not the scheme's."""
    assert host_key(safe_url(url)) == expected


def test_shown_hides_credentials():
    """No message shows a password, a control character or a kilobyte."""
    text = shown("http://user:p@ss@h/\x1b[31m" + "x" * 1000)
    assert "p@ss" not in text
    assert "user" not in text
    assert "\x1b" not in text
    assert len(text) == 300


def test_addresses_in_messages_are_literals():
    """The refusal names the address and the way out."""
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.1.*loopback.*allow"):
        Guard().check("127.0.0.1", 80)
    assert IPv4Address("127.0.0.1").is_loopback
