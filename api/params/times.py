"""Parameters that are moments."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from api.params.base import Fault, Param
from api.params.scalars import IntegerParam

# The last second of the year 9999, which is as far as PostgreSQL and Python both go.
_LATEST: Final = 253_402_300_799
_BOUNDS: Final = frozenset({"gt", "gte", "lt", "lte"})

# Bounds by their word: `gt`, `gte`, `lt`, `lte`; or `exact`.
TimeRange = Mapping[str, datetime]


class TimestampParam(Param):
    """Unix seconds, given to the service as a moment in UTC."""

    _seconds = IntegerParam(minimum=0, maximum=_LATEST)

    def convert(self, raw: Any) -> datetime:
        return datetime.fromtimestamp(self._seconds.convert(raw), UTC)


class TimestampRangeParam(Param):
    """Unix seconds, or bounds: `created[gte]=...&created[lt]=...`."""

    _moment = TimestampParam()

    def convert(self, raw: Any) -> TimeRange:
        if not isinstance(raw, dict):
            return {"exact": self._moment.convert(raw)}
        found = {}
        for bound, value in raw.items():
            if bound not in _BOUNDS:
                raise Fault(
                    f"Received unknown parameter: {bound[:100]}",
                    "parameter_unknown",
                    (bound[:100],),
                )
            try:
                found[bound] = self._moment.clean(value)
            except Fault as fault:
                raise fault.within(bound) from None
        return found
