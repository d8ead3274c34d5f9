"""Templates are read as code is: their lines are no longer than a line of code."""

from tests.architecture.source import ROOMS, ROOT, place, text

# Letters and mails are read as they are written, a paragraph to a line.
TEMPLATES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("templates/**/*.html"))]
LONGEST = 100


def test_no_line_of_a_template_is_longer_than_a_line_of_code():
    found = [
        f"{place(path)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(text(path).splitlines(), start=1)
        if len(line) > LONGEST
    ]

    assert len(TEMPLATES) > 20
    assert found == []
