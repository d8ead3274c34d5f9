"""The parameters that every list takes."""

from api.params.base import Params
from api.params.scalars import IdParam, IntegerParam
from api.params.times import TimestampRangeParam


class ListParams(Params):
    """Derive from it to add a list's own filters."""

    limit = IntegerParam(minimum=1, maximum=100)
    starting_after = IdParam()
    ending_before = IdParam()
    created = TimestampRangeParam()
