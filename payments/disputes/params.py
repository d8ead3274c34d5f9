"""What the endpoints of disputes take."""

from api.wire.params import (
    Boolean,
    Choice,
    Free,
    Id,
    ListParams,
    Metadata,
    Params,
    Range,
    Table,
    Text,
)
from payments.resources.disputes import EVIDENCE

# Source: the wire's limits of single texts.
_SHORT = {"duplicate_charge_id", "shipping_carrier", "shipping_date", "service_date"}


class UpdateDisputeParams(Params):
    evidence = Table(
        {name: Text(most=512 if name in _SHORT else 20_000, nullable=True) for name in EVIDENCE}
        | {"enhanced_evidence": Free()}
    )
    intended_submission_method = Choice(
        "manual", "prefer_manual", "prefer_smart_disputes", "smart_disputes"
    )
    metadata = Metadata()
    submit = Boolean()


class ListDisputesParams(ListParams):
    charge = Id()
    created = Range()
    payment_intent = Id()
