"""What the endpoints of unapplied payments take."""

from api.wire.params import Choice, Id, ListParams, Range
from payments.states import UnappliedStatus


class ListUnappliedPaymentsParams(ListParams):
    charge = Id()
    created = Range()
    payment_intent = Id()
    status = Choice(*UnappliedStatus)
