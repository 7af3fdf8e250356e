"""Which addresses a caller may name, character by character."""

import pytest

from backoffice.callbacks import urls

OWN = ("desk.example.com", ".internal-desk.example.org")


def read(raw: str) -> urls.Target:
    return urls.read(raw, own_names=OWN)


@pytest.mark.parametrize(
    ("raw", "url", "authority"),
    [
        ("https://pay.example.com/hooks", "https://pay.example.com/hooks", "pay.example.com"),
        ("https://pay.example.com", "https://pay.example.com/", "pay.example.com"),
        ("https://pay.example.com:443/", "https://pay.example.com/", "pay.example.com"),
        ("https://pay.example.com:8443/a?b=c&d[]=%20e", "https://pay.example.com:8443/a?b=c&d[]=%20e", "pay.example.com:8443"),
        ("HTTPS://Pay.Example.COM/Case", "https://pay.example.com/Case", "pay.example.com"),
        ("https://pay.example.com?x=1", "https://pay.example.com/?x=1", "pay.example.com"),
        ("https://münchen.example.com/", "https://xn--mnchen-3ya.example.com/", "xn--mnchen-3ya.example.com"),
        ("https://ｐａｙ.example.com/", "https://pay.example.com/", "pay.example.com"),
        # A letter of another script that looks like ours is another name, and shows as one.
        ("https://pаy.example.com/", "https://xn--py-7kc.example.com/", "xn--py-7kc.example.com"),
        ("https://127.example.com/", "https://127.example.com/", "127.example.com"),
    ],
)
def test_what_is_read_is_written_anew(raw: str, url: str, authority: str) -> None:
    target = read(raw)
    assert (target.url, target.authority) == (url, authority)


def test_the_longest_url_is_read_and_one_more_character_is_not() -> None:
    raw = "https://pay.example.com/" + "a" * (urls.LONGEST - len("https://pay.example.com/"))
    assert read(raw).url == raw
    with pytest.raises(urls.BadUrl, match="2,048 characters"):
        read(raw + "a")


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "pay.example.com",
        "//pay.example.com/",
        "http://pay.example.com/",
        "ftp://pay.example.com/",
        "file:///etc/passwd",
        "gopher://pay.example.com/",
        "javascript:alert(1)",
        "https:///path",
        "https://",
        "https:pay.example.com",
        "https:\\\\pay.example.com\\",
        "http://good.com\\@127.0.0.1/",
        "https://good.example.com\\@evil.example.org/",
        "https://pay.example.com/\tx",
        "https://pay\t.example.com/",
        "https://pay.example.com/\n",
        "https://pay.example.com/\r\nHost: evil.example.org",
        "https://pay.example.com/ x",
        " https://pay.example.com/",
        "https://pay.example.com/\0",
        "https://pay.example.com/\u200b",
        "https://pay.example.com/\u202e",
        "https://pay.example.com/é",
        "https://pay.example.com/%zz",
        "https://pay.example.com/<script>",
        'https://pay.example.com/"',
        "https://user@pay.example.com/",
        "https://user:password@pay.example.com/",
        "https://pay.example.com#fragment",
        "https://pay.example.com/#",
        "https://pay%2eexample.com/",
        "https://pay.example.com./",
        "https://.pay.example.com/",
        "https://pay..example.com/",
        "https://-pay.example.com/",
        "https://pay_1.example.com/",
        "https://localhost/",
        "https://localhost./",
        "https://pay/",
        "https://pay.local/",
        "https://metadata.google.internal/",
        "https://app.localhost/",
        "https://1.0.0.127.in-addr.arpa/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0x7f000001/",
        "https://017700000001/",
        "https://0177.0.0.1/",
        "https://0/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.100.100.200/",
        "https://192.0.0.192/",
        "https://①②⑦.⓪.⓪.①/",
        "https://127。0。0。1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[::127.0.0.1]/",
        "https://[fe80::1%25lo]/",
        "https://[fd00:ec2::254]/",
        "https://::1/",
        "https://desk.example.com/callbacks",
        "https://DESK.example.com:8443/",
        "https://a.internal-desk.example.org/",
        "https://pay.example.com:/",
        "https://pay.example.com:0/",
        "https://pay.example.com:0443/",
        "https://pay.example.com:65536/",
        "https://pay.example.com:-1/",
        "https://pay.example.com:4４3/",
        "https://pay.example.com:443:443/",
        *(f"https://pay.example.com:{port}/" for port in (22, 25, 53, 80, 110, 587, 5432, 6379, 11211, 3306, 9200, 27017)),
        f"https://{'a' * 64}.example.com/",
        f"https://{'a.' * 130}example.com/",
    ],
)
def test_what_is_refused(raw: str) -> None:
    with pytest.raises(urls.BadUrl):
        read(raw)


def test_plain_http_is_for_a_desk_that_is_told_so() -> None:
    target = urls.read("http://receiver.demo.test:8001/x", plain_http=True)
    assert (target.url, target.authority) == ("http://receiver.demo.test:8001/x", "receiver.demo.test:8001")
    assert urls.read("http://receiver.demo.test:80/", plain_http=True).authority == "receiver.demo.test"
    with pytest.raises(urls.BadUrl):
        urls.read("http://receiver.demo.test:443/", plain_http=True)


ALLOWED = ("pay.example.com", "pay.example.org:8443", "*.pay.example.net", "*.port.example.net:8443")


@pytest.mark.parametrize(
    ("authority", "is_allowed"),
    [
        ("pay.example.com", True),
        ("pay.example.com:8443", False),
        ("a.pay.example.com", False),
        ("pay.example.org:8443", True),
        ("pay.example.org", False),
        ("a.pay.example.net", True),
        ("b.a.pay.example.net", False),
        ("pay.example.net", False),
        ("a.pay.example.net:8443", False),
        ("a.port.example.net:8443", True),
        ("evilpay.example.com", False),
        ("*.pay.example.net", True),  # no URL has such a host
        ("", False),
    ],
)
def test_the_list_of_hosts(authority: str, is_allowed: bool) -> None:
    assert urls.is_allowed(authority, ALLOWED) == is_allowed


@pytest.mark.parametrize(
    ("authority", "is_allowed"), [("pay.example.com", True), ("a.pay.example.net", True), ("b.a.pay.example.net", False), ("x", False)]
)
def test_the_database_says_the_same(authority: str, is_allowed: bool, db: None) -> None:
    from django.db import connection  # noqa: PLC0415  only this one needs it

    asked = "SELECT %(host)s = ANY(%(all)s) OR ('*.' || substr(%(host)s, strpos(%(host)s, '.') + 1)) = ANY(%(all)s)"
    with connection.cursor() as cursor:
        cursor.execute(asked, {"host": authority, "all": list(ALLOWED)})
        assert cursor.fetchone() == (is_allowed,)
    assert urls.is_allowed(authority, ALLOWED) == is_allowed


@pytest.mark.parametrize(
    ("raw", "entry"),
    [
        ("Pay.Example.com", "pay.example.com"),
        (" pay.example.com:8443 ", "pay.example.com:8443"),
        ("pay.example.com:443", "pay.example.com"),
        ("*.example.com", "*.example.com"),
        ("*.pay.example.com:8443", "*.pay.example.com:8443"),
    ],
)
def test_a_line_of_the_list(raw: str, entry: str) -> None:
    assert urls.allowed_entry(raw) == entry


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "*",
        "*.com",
        "*.*.example.com",
        "a.*.example.com",
        "pay.example.com/",
        "pay.example.com/x",
        "https://pay.example.com",
        "127.0.0.1",
        "[::1]",
        "localhost",
        "pay.example.com:22",
        "pay.example.com?x",
        "u@pay.example.com",
    ],
)
def test_no_line_of_the_list(raw: str) -> None:
    with pytest.raises(urls.BadUrl):
        urls.allowed_entry(raw)
