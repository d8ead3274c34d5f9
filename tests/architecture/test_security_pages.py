"""What the pages about security say is so: each requirement has a standing, each promise a test."""

import json
import logging
import re
from collections import Counter
from functools import cache
from io import StringIO

import pytest

from accounts.catalog import MIB, PURPOSES
from config.logs import formatter
from tests.architecture.source import ROOT

MAP = (ROOT / "docs/reference/asvs.md").read_text()
THREATS = (ROOT / "docs/explanation/threat-model.md").read_text()
# Section of ASVS 5.0.0 → the level of each of its requirements, one digit each, in their order.
LEVELS = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123",
    "2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
    "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3",
    "3.7": "22333",
    "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222",
    "5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222",
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333",
    "6.6": "2223", "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222",
    "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222",
    "10.6": "22", "10.7": "222",
    "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23",
    "11.7": "33",
    "12.1": "12233", "12.2": "11", "12.3": "22223",
    "13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233",
    "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333",
    "16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223",
    "17.1": "23", "17.2": "22223333", "17.3": "22",
}  # fmt: skip
STANDINGS = ("met", "not applicable", "not met")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
# What the map says is written: page → words that must be there.
WRITTEN = {
    "SECURITY.md": ("Report a weakness", "| 7 days |", "in a component that we ship"),
    "docs/explanation/threat-model.md": ("## What Rialto talks to", "**Merchants choose them**"),
    "docs/reference/logs.md": ("Who reads it", "How long", "Standard error"),
    "docs/reference/roles.md": ("Sellers: people, requirements, blocks, links",),
    "docs/reference/requests.md": (
        "only what a payer's browser needs", "A 403 names the missing one", "## How often",
        "| body | 1 MiB |", "no-cache, no-store",
    ),
    "docs/reference/countries.md": ("Country",),
    "docs/reference/settings.md": ("RIALTO_LIMIT_WRONG_KEYS", "RIALTO_CONCURRENT_LIVE_REQUESTS"),
    "docs/how-to/run-it.md": ("When more comes than can be answered",),
    "docs/how-to/let-operators-in.md": (
        "A session ends half an hour after the last page, and after twelve hours at all",
        "any number at once", "five wrong passwords", "A passkey does",
    ),
    "docs/how-to/connect-accounts-with-oauth.md": ("are shown without its people and bank",),
    "docs/how-to/what-sellers-may-do.md": ("link",),
}  # fmt: skip


def rows() -> list[list[str]]:
    """The cells of each requirement: id, level, standing, how or why not, proof."""
    lines = [line for line in MAP.splitlines() if re.match(r"\| \d+\.\d+\.\d+ \|", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@cache
def names_in(path: str) -> frozenset[str]:
    file = ROOT / path
    code = file.read_text() if file.exists() else ""
    return frozenset(re.findall(r"^(?:async )?def (test_\w+)\(", code, re.M))


def missing(page: str) -> list[str]:
    return [f"{path}::{name}" for path, name in TEST.findall(page) if name not in names_in(path)]


def test_every_requirement_of_the_first_two_levels_is_in_the_map_with_its_level():
    wanted = [
        (f"{section}.{number}", level)
        for section, levels in LEVELS.items()
        for number, level in enumerate(levels, start=1)
        if level < "3"
    ]

    assert Counter("".join(LEVELS.values())) == {"1": 70, "2": 183, "3": 92}
    assert [(row[0], row[1]) for row in rows()] == wanted
    assert len(wanted) == 253


def test_whatever_is_met_names_a_test_and_all_else_a_reason():
    for id, _, standing, why, proof in rows():
        assert standing in STANDINGS, id
        assert len(why) > 8 or why.startswith("As ") or standing == "met", id
        assert bool(TEST.search(proof)) == (standing == "met"), id


def test_every_test_that_is_named_is_there():
    assert missing(MAP) == []
    assert missing(THREATS) == []


def test_the_counts_and_the_list_at_the_top_are_true():
    counts = Counter(row[2] for row in rows())
    top = MAP.partition("\n## ")[0]
    listed = re.findall(r"^- (\d+\.\d+\.\d+):", MAP, re.M)

    for standing in STANDINGS:
        assert f"| {standing} | {counts[standing]} |" in top
    assert listed == [row[0] for row in rows() if row[2] == "not met"]


def test_every_promise_is_shown_by_a_test():
    promises = THREATS.partition("## What is promised")[2].partition("## What Rialto talks to")[0]
    lines = [line for line in promises.splitlines() if line.startswith("| ")]
    told = [line for line in lines if not line.startswith(("| Promise |", "|---"))]

    assert len(told) > 30
    assert [line for line in told if not TEST.search(line)] == []
    assert "## What is not promised" in THREATS


@pytest.mark.parametrize("page", WRITTEN)
def test_what_the_map_points_to_is_written(page):
    content = (ROOT / page).read_text()

    assert [words for words in WRITTEN[page] if words not in content] == []


def test_the_page_of_requests_says_what_files_are_taken():
    page = (ROOT / "docs/reference/requests.md").read_text()

    for name, purpose in PURPOSES.items():
        size = purpose.most_bytes
        told = f"{size // MIB} MiB" if size >= MIB else f"{size // 1024} KiB"
        days = purpose.lifetime.days if purpose.lifetime else None
        out = f"for {days} days" if days else "yes" if purpose.is_downloadable else "no"
        assert f"| `{name}` | {', '.join(sorted(purpose.kinds))} | {told} | {out} |" in page


def test_the_proxies_speak_what_the_map_says():
    nginx = (ROOT / "config/nginx/rialto.conf").read_text()
    caddy = (ROOT / "config/caddy/Caddyfile").read_text()

    assert "ssl_protocols TLSv1.2 TLSv1.3;" in nginx
    (ciphers,) = re.findall(r"ssl_ciphers (\S+);", nginx)
    assert all(re.match(r"ECDHE-\w+-(AES\d+-GCM|CHACHA20)-", one) for one in ciphers.split(":"))
    assert "protocols tls1.2 tls1.3" in caddy
    for page in ("readyz", "health", "metrics"):
        assert f"location = /{page} {{ return 404; }}" in nginx
        assert re.search(rf"handle /{page} \{{\s+respond 404", caddy)


def test_a_line_of_a_log_says_when_in_utc_and_is_one_line():
    output = StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(formatter())
    logger = logging.getLogger("tests.security_pages")
    logger.propagate = False
    logger.addHandler(handler)

    logger.warning('Not found: /x\n{"level": "critical"}\r\n%s', "\x1b[2J")

    (line,) = output.getvalue().splitlines()
    told = json.loads(line)
    assert told["timestamp"].endswith("Z")
    assert told["level"] == "warning"
    assert "\x1b" not in line
