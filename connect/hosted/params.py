"""What the endpoints of connect take: types and shapes only."""

from api.wire.params import Boolean, Choice, Id, Params, Table, Text
from connect.hosted.components import COMPONENTS


class CreateAccountLinkParams(Params):
    account = Id(required=True)
    collect = Choice("currently_due", "eventually_due")
    collection_options = Table(
        {
            "fields": Choice("currently_due", "eventually_due"),
            "future_requirements": Choice("include", "omit"),
        }
    )
    refresh_url = Text(most=2_048)
    return_url = Text(most=2_048)
    type_ = Choice("account_onboarding", "account_update", required=True)


class CreateAccountSessionParams(Params):
    account = Id(required=True)
    components = Table(
        {
            name: Table(
                {
                    "enabled": Boolean(required=True),
                    "features": Table(dict.fromkeys(features, Boolean())),
                }
            )
            for name, features in COMPONENTS.items()
        },
        required=True,
    )
