"""Types say what things are."""

import re

from tests.architecture.source import FILES, text

MOST_ANY = 300


def test_few_lines_leave_the_type_open():
    lines = [line for path in FILES for line in text(path).splitlines()]

    assert sum(bool(re.search(r"\bAny\b", line)) for line in lines) <= MOST_ANY
