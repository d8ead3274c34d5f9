"""Params: a strict input serializer that validates and never saves."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from rest_framework import serializers
from rest_framework.fields import empty

from api.errors import InvalidParams
from api.requests import ApiRequest

_ALWAYS_ACCEPTED: Final = "expand"
_LONGEST_GUESSED_NAME: Final = 64


class Fault(Exception):
    """A value does not fit. Where it stood is added on the way up, so that a good value pays nothing.

    Args:
        message: A sentence in which `{param}` stands for the parameter's full name.
        code: A word of the protocol, or None.
        path: Where, below the one who raises: `("items", "0", "price")`.
    """

    def __init__(self, message: str, code: str | None = None, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.path = path

    def within(self, *path: str) -> "Fault":
        """Return the same fault, seen from a container of its value."""
        return Fault(self.message, self.code, path + self.path)

    def told(self) -> InvalidParams:
        """Return the error for the caller, with the parameter's name in bracket form."""
        head, *rest = self.path or ("",)
        param = head + "".join(f"[{step}]" for step in rest)
        return InvalidParams(
            self.message.replace("{param}", param), code=self.code, param=param or None
        )


def is_unset(raw: Any) -> bool:
    """Tell whether a value asks to unset its parameter: an empty string, or JSON's null."""
    return raw is None or raw == ""


def empty_fault() -> Fault:
    """Make the fault of an empty value where there must be one."""
    return Fault(
        "You passed an empty string for '{param}'. We assume empty values are an attempt to unset "
        "a parameter; however '{param}' cannot be unset. You should remove '{param}' from your "
        "request or supply a non-empty value.",
        "parameter_invalid_empty",
    )


class Param(serializers.Field[Any, Any, Any, Any]):
    """One parameter. Subclasses turn what was sent into what the service takes.

    Args:
        required: Whether the call fails without it; parameters are optional unless they say so.
        allow_null: Whether an empty string unsets it: the service is then given None.
        default: What an absent parameter becomes; without it, it stays absent.
    """

    def __init__(self, *, required: bool = False, **kwargs: Any) -> None:
        if "default" not in kwargs:
            kwargs["required"] = required
        super().__init__(**kwargs)

    def clean(self, raw: Any) -> Any:
        """Check and convert a value, or raise `Fault`."""
        if raw == "" or raw is None:
            if self.allow_null:
                return None
            raise empty_fault()
        return self.convert(raw)

    def convert(self, raw: Any) -> Any:
        """Check and convert a value that is not empty, or raise `Fault`."""
        raise NotImplementedError

    def to_internal_value(self, data: Any) -> Any:
        return self.convert(data)

    def to_representation(self, value: Any) -> Any:
        return value


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is worked out once for a class of parameters."""

    prototype: "Params"
    fields: Mapping[str, "Param | Params"]
    required: tuple[str, ...]
    defaults: tuple[tuple[str, Any], ...]


class Params(serializers.Serializer[Any]):
    """The parameters of one call, or of an object nested in it.

    Declared like any serializer, with fields of `api.params` or other `Params`. They are bound
    once for the class and looked at only when their name was sent, since DRF's copies and bindings
    would cost more than the rest of a request.

    A name ending in an underscore is sent without it: `from_ = ...` takes `from`.
    """

    _plans: Final[dict[type, _Plan]] = {}

    def __init__(self, *, required: bool = False, **kwargs: Any) -> None:
        if "default" not in kwargs:
            kwargs["required"] = required
        super().__init__(**kwargs)

    @classmethod
    def parse(cls, request: ApiRequest) -> dict[str, Any]:
        """Check a request's parameters.

        Returns:
            The converted values of what was sent, and defaults; nothing for what was not sent.

        Raises:
            InvalidParams: If one is unknown, missing or does not fit.
        """
        return cls.check(request.params)

    @classmethod
    def check(cls, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Check parameters that are already a mapping. Like `parse`."""
        try:
            return cls._run(sent, ignored=_ALWAYS_ACCEPTED)
        except Fault as fault:
            raise fault.told() from None

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Look at the values together. Override it; raise `Fault(message, code, ("name",))`."""
        return attrs

    def clean(self, raw: Any) -> Any:
        """Check the parameters of a nested object, or raise `Fault`."""
        if is_unset(raw):
            if self.allow_null:
                return None
            raise empty_fault()
        if not isinstance(raw, dict):
            raise Fault("Invalid object: {param} takes named parameters of its own.")
        return self._run(raw)

    @classmethod
    def _run(cls, sent: Mapping[str, Any], ignored: str | None = None) -> dict[str, Any]:
        plan = cls._plans.get(cls) or cls._make_plan()
        fields = plan.fields
        values: dict[str, Any] = {}
        for name, raw in sent.items():
            field = fields.get(name)
            if field is None:
                if name == ignored:
                    continue
                raise cls._unknown(sent, fields, ignored)
            try:
                values[field.source or name] = field.clean(raw)
            except Fault as fault:
                raise fault.within(name) from None
        for name in plan.required:
            if name not in sent:
                raise Fault("Missing required param: {param}.", "parameter_missing", (name,))
        for name, default in plan.defaults:
            if name not in values:
                values[name] = default() if callable(default) else default
        return plan.prototype.validate(values)

    @classmethod
    def _make_plan(cls) -> _Plan:
        prototype: Self = cls()
        fields = {name.rstrip("_"): field for name, field in prototype.fields.items()}
        plan = _Plan(
            prototype=prototype,
            fields=fields,  # type: ignore[arg-type]  # DRF's fields are refused below
            required=tuple(name for name, field in fields.items() if field.required),
            defaults=tuple(
                (field.source or name, field.default)
                for name, field in fields.items()
                if field.default is not empty
            ),
        )
        for name, field in fields.items():
            if not isinstance(field, Param | Params):
                raise TypeError(f"{cls.__name__}.{name} is not a field of api.params.")
        cls._plans[cls] = plan
        return plan

    @staticmethod
    def _unknown(sent: Mapping[str, Any], fields: Mapping[str, Any], ignored: str | None) -> Fault:
        names = [name for name in sent if name not in fields and name != ignored]
        first = names[0]
        shown = ", ".join(name[:100] for name in names[:10])
        plural = "s" if len(names) > 1 else ""
        message = f"Received unknown parameter{plural}: {shown}"
        if len(first) <= _LONGEST_GUESSED_NAME and len(names) == 1:
            close = difflib.get_close_matches(first, fields, n=1, cutoff=0.75)
            message += f". Did you mean {close[0]}?" if close else ""
        return Fault(message, "parameter_unknown", (first[:100],))
