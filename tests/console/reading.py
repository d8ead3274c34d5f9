"""What somebody reads on a page of the console."""

import re
from html import unescape
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def text_of(client: Client, page: str) -> str:
    """Open a page and return its words, without its tags."""
    return words_of(client.get(page))


def words_of(answer: Any) -> str:
    """Return the words of a page that came."""
    assert answer.status_code == 200
    words = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", unescape(words)).replace("\N{MINUS SIGN}", "-")


def count(client: Client, page: str) -> int:
    """Open a page twice and return how many queries the second took."""
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(page)
    assert answer.status_code == 200
    assert len(answer.content) < 200_000
    return len(captured)
