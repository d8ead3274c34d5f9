"""How a payment is shared among several sellers."""

from api.wire.figures import Percent
from api.wire.params import Amount, Boolean, Id, Many, Table

_TIER = Table({"up_to": Amount(), "percent": Percent(required=True)})

SPLIT = Many(
    Table(
        {
            "destination": Id(required=True),
            "percent": Percent(),
            "amount": Amount(),
            "tiers": Many(_TIER, most=20),
            "remainder": Boolean(),
        }
    ),
    most=50,
    nullable=True,
)
