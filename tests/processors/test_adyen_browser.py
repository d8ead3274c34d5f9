"""What payers' browsers load for an account at Adyen, and from where."""

import pytest

from processors.adyen import about
from processors.protocols.accounts import RailAccount

TEST, LIVE = "https://checkoutshopper-test.adyen.com", "https://checkoutshopper-live.adyen.com"
US = "https://checkoutshopper-live-us.adyen.com"


@pytest.mark.parametrize(
    ("livemode", "address", "source", "environment"),
    [
        (False, "", TEST, "test"),
        (True, "", LIVE, "live"),
        (True, f"{US}/checkoutshopper/sdk/6.45.2/adyen.js", US, "live-us"),
        # Not a place of Adyen's, whatever it begins with.
        (
            True,
            "https://checkoutshopper-us.example/adyen.js",
            "https://checkoutshopper-us.example",
            "live",
        ),
        (True, "https://pay.example;script-src *", "'none'", "live"),
    ],
)
def test_the_library_and_its_styles_come_from_one_place(livemode, address, source, environment):
    own = {"client_key": "live_K", **({"library_url": address} if address else {})}
    fields = about.card_fields(RailAccount("adyen", "adyen", livemode, credentials=own))

    assert fields.scripts == fields.connections == fields.frames == (source,)
    assert fields.styles == fields.pictures == (source,)
    assert fields.settings["environment"] == environment
    assert fields.settings["styles"].endswith(".css")


def test_without_a_client_key_there_are_no_fields():
    assert about.card_fields(RailAccount("adyen", "adyen")) is None
