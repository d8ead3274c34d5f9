"""The tests' migrated database is used again only by code that would make the same."""

import pytest

from config.launcher import kept_template


@pytest.mark.parametrize(
    "name",
    ["ledger/migrations/0001_schema.py", "accounts/models/user.py", "ledger/sql/post.sql",
     "config/launcher/grants.py", "requirements.lock"],
)  # fmt: skip
def test_what_decides_the_tables_decides_the_template(tmp_path, name):
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("one")
    before = kept_template.digest(tmp_path)

    file.write_text("two")

    assert kept_template.digest(tmp_path) != before


def test_what_only_uses_the_tables_does_not(tmp_path):
    service = tmp_path / "payments" / "refunds" / "services" / "refunds.py"
    service.parent.mkdir(parents=True)
    service.write_text("one")
    before = kept_template.digest(tmp_path)

    service.write_text("two")

    assert kept_template.digest(tmp_path) == before
