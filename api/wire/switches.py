"""Parameters that switch on what is not there."""

from typing import Final

from api.wire.params import MISSING, Boolean, Param
from core.errors import InvalidRequest

_ENABLED: Final = "enabled"


class Off(Param):
    """A table with `enabled`: false is taken, for it is so; true is refused.

    Args:
        why: What is not there, and what to do instead, in a sentence.
    """

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why
        self.fields = {_ENABLED: Boolean()}

    def read(self, value: object, path: str) -> object:
        if not isinstance(value, dict):
            raise InvalidRequest(f"Invalid object: {path} has `enabled`.", param=path)
        for name in value.keys() - self.fields:
            where = f"{path}[{name}]"[:200]
            raise InvalidRequest(
                f"Received unknown parameter: {where}", code="parameter_unknown", param=where
            )
        where = f"{path}[{_ENABLED}]"
        if _ENABLED in value and not self.fields[_ENABLED].read(value[_ENABLED], where):
            return MISSING
        raise InvalidRequest(f"{where}: {self.why}", code="feature_not_supported", param=where)
