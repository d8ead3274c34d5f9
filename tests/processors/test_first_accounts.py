"""What a new database has as accounts at processors, and what the environment named before."""

from importlib import import_module
from types import SimpleNamespace

import pytest

from processors.accounts import sealing


class Apps:
    """The apps of a migration, whose rows are only kept."""

    def __init__(self):
        self.rows = {}

    def get_model(self, app, name):
        assert (app, name) == ("processors", "ProcessorAccount")
        return SimpleNamespace(objects=SimpleNamespace(create=self._create))

    def _create(self, **row):
        self.rows[row["name"]] = row


def migrated():
    apps = Apps()
    import_module("processors.migrations.0001_baseline").make_accounts(apps, None)
    return apps.rows


def test_a_new_installation_has_the_simulator_for_tests_and_bank_files_for_payouts(capsys):
    rows = migrated()

    assert set(rows) == {"simulator", "bankfile"}
    assert (rows["simulator"]["status"], rows["simulator"]["is_default"]) == ("enabled", True)
    assert (rows["simulator"]["livemode"], rows["bankfile"]["livemode"]) == (False, True)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("rail", "is_first"), [("stripe", True), ("simulator", False)])
def test_what_the_environment_named_becomes_an_account_once(settings, capsys, rail, is_first):
    settings.TEST_RAIL = rail
    settings.STRIPE_SECRET_KEY = "sk_test_of_before"
    settings.STRIPE_NOTICE_SECRET = "whsec_of_before"
    settings.STRIPE_API_BASE = "https://stripe.example"

    rows = migrated()

    stripe = rows["stripe"]
    assert (stripe["is_default"], stripe["livemode"]) == (is_first, False)
    assert rows["simulator"]["status"] == ("draining" if is_first else "enabled")
    opened = sealing.open_credentials("stripe", stripe["sealed_credentials"])
    assert opened == {"secret_key": "sk_test_of_before"}
    (secret,) = sealing.open_notice_secrets("stripe", stripe["sealed_notice_secrets"])
    assert (secret.text, secret.until) == ("whsec_of_before", None)
    assert stripe["base_url"] == "https://stripe.example"
    assert b"of_before" not in bytes(stripe["sealed_credentials"])
    assert "these variables may go" in capsys.readouterr().out
