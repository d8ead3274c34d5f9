"""Which of the reasons that Adyen offers to defend a dispute fits the evidence that there is.

Source: Adyen's reference of the Disputes API, its page of defense requirements, and the codes of
reasons and documents that its own component for disputes knows.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.types import Fields
from processors.protocols.disputes import EvidenceRefused

_REQUIRED: Final = "Required"
_ONE_OR_MORE: Final = "OneOrMore"
# Takes the place of all others, at companies for which Adyen has allowed that.
_ALTERNATIVE: Final = "AlternativeRequired"

# Documents that say whatever there is to say.
GENERIC: Final = frozenset({"DefenseMaterial", "AdditionalInformation", "WrittenRebuttal"})
_DELIVERY: Final = (
    "shipping_documentation", "shipping_tracking_number", "shipping_carrier", "shipping_date",
    "shipping_address", "service_documentation", "service_date", "access_activity_log",
)  # fmt: skip
# Document → the fields of the evidence that make one. Others claim what no field says, such as
# that goods were never sent back: those are for a person, in Adyen's Customer Area.
MADE_OF: Final[Mapping[str, Sequence[str]]] = {
    "CancellationNeverAccepted": ("cancellation_rebuttal",),
    "CardholderIdentification": (
        "customer_signature", "customer_purchase_ip", "access_activity_log",
    ),
    "CompellingEvidence": (
        "customer_signature", "customer_communication", "customer_purchase_ip",
        "access_activity_log",
    ),
    "DateMerchandiseShipped": ("shipping_date", "shipping_documentation"),
    "DisclosureAtPointOfInteraction": (
        "cancellation_policy", "cancellation_policy_disclosure", "refund_policy",
        "refund_policy_disclosure",
    ),
    "GoodsOrServicesProvided": _DELIVERY,
    "GoodsWereAsDescribed": ("product_description", "service_documentation"),
    "ProofOfGoodsOrServicesProvided": _DELIVERY,
    "ShippedToAVS": ("shipping_documentation",),
    "TIDorInvoice": ("receipt",),
}  # fmt: skip
# A field that says something about another, and proves nothing alone.
_BESIDE: Final = frozenset(
    {"shipping_carrier", "shipping_date", "shipping_address", "service_date"}
)


@dataclass(frozen=True, slots=True)
class Document:
    """A document that a reason asks for.

    Args:
        code: Adyen's code of its kind.
        level: Whether it must be there, as Adyen calls it.
        is_there: True if Adyen has one already.
    """

    code: str
    level: str
    is_there: bool

    def fields(self, present: Collection[str]) -> tuple[str, ...]:
        """Return what there is that makes one."""
        if self.code in GENERIC or self.level == _ALTERNATIVE:
            return tuple(present)
        found = tuple(name for name in MADE_OF.get(self.code, ()) if name in present)
        proves = self.code == "DateMerchandiseShipped" or set(found) - _BESIDE
        return found if proves else ()

    def wants(self) -> str:
        """Return in words what makes one; empty for what cannot be made of evidence."""
        if self.code in GENERIC or self.level == _ALTERNATIVE:
            return "any evidence"
        names = [name for name in MADE_OF.get(self.code, ()) if name not in _BESIDE]
        names = ["shipping_date", "shipping_documentation"] if "Date" in self.code else names
        return " or ".join(names)


@dataclass(frozen=True, slots=True)
class Offer:
    """A reason by which Adyen lets a dispute be defended.

    Args:
        reason: Its code.
        documents: What it asks for.
    """

    reason: str
    documents: tuple[Document, ...]

    def missing(self, present: Collection[str]) -> tuple[Document, ...]:
        """Return the documents without which it cannot be used; none if it fits."""
        lacking = [d for d in self.documents if not (d.is_there or d.fields(present))]
        there = [d for d in self.documents if d not in lacking]
        if any(d.level == _ALTERNATIVE for d in there):
            return ()
        missing = [d for d in lacking if d.level == _REQUIRED]
        if not any(d.level == _ONE_OR_MORE for d in there):
            missing += [d for d in lacking if d.level == _ONE_OR_MORE]
        if not missing and not self.made(present):
            return tuple(lacking)
        return tuple(missing)

    def made(self, present: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return the documents that can be made, each with its fields."""
        fields = {d.code: d.fields(present) for d in self.documents}
        return {code: found for code, found in fields.items() if found}

    @property
    def is_generic(self) -> bool:
        """True if it claims nothing but what its documents say."""
        must = [d for d in self.documents if d.level in (_REQUIRED, _ALTERNATIVE)]
        return bool(must) and all(d.code in GENERIC or d.level == _ALTERNATIVE for d in must)


@dataclass(frozen=True, slots=True)
class Plan:
    """A defence that can be submitted.

    Args:
        reason: The reason's code.
        papers: Document → the fields of the evidence that it is made of.
    """

    reason: str
    papers: Mapping[str, tuple[str, ...]]


def read(answer: Fields) -> tuple[Offer, ...]:
    """Return the reasons that an answer of Adyen's offers, in its order."""
    return tuple(
        Offer(
            str(one["defenseReasonCode"]),
            tuple(
                Document(
                    str(document["defenseDocumentTypeCode"]),
                    str(document.get("requirementLevel", "")),
                    bool(document.get("available")),
                )
                for document in one.get("defenseDocumentTypes") or ()
            ),
        )
        for one in answer.get("defenseReasons") or ()
    )


def choose(offers: Sequence[Offer], present: Sequence[str]) -> Plan:
    """Choose the reason that the evidence carries, and share the evidence out to its documents.

    One that takes any material comes first: it claims nothing but what the evidence says. All of
    the evidence is sent: what no document is made of stands in the first one.

    Args:
        offers: The reasons that Adyen offers for the dispute.
        present: The fields of the evidence.

    Raises:
        EvidenceRefused: If none fits; it says what each of them lacks.
    """
    if not offers:
        raise EvidenceRefused(
            "Adyen offers no way to defend this dispute: it was answered there, has ended, or "
            "cannot be defended. See it in Adyen's Customer Area, or accept it."
        )
    fitting = [one for one in offers if not one.missing(present)]
    if not fitting:
        raise EvidenceRefused(
            f"No reason by which Adyen lets this dispute be defended fits the evidence. "
            f"{' '.join(_lacks(offers, present))}"
        )
    chosen = sorted(fitting, key=lambda one: not one.is_generic)[0]
    papers = chosen.made(present)
    used = {name for fields in papers.values() for name in fields}
    first = next(iter(papers))
    papers[first] = (*papers[first], *(name for name in present if name not in used))
    return Plan(chosen.reason, papers)


def _lacks(offers: Sequence[Offer], present: Collection[str]) -> Iterator[str]:
    others = []
    for one in offers:
        missing = one.missing(present)
        if all(document.wants() for document in missing):
            words = (f"{document.code} ({document.wants()})" for document in missing)
            yield f"{one.reason} lacks {', '.join(words)}."
        else:
            others.append(one.reason)
    if others:
        yield (
            f"In Adyen's Customer Area only, with documents of its own kinds: {', '.join(others)}."
        )
