"""Telling of warnings of fraud that nothing can be done about any more, or again."""

from operations.unit_of_work import UnitOfWork
from payments import resources
from payments.models import Charge, EarlyFraudWarning


def tell_if_changed(work: UnitOfWork, charge: Charge, *, was_actionable: bool) -> None:
    """Emit `radar.early_fraud_warning.updated` of a charge's warnings, if their answer changed.

    Args:
        work: The unit of work of the change.
        charge: The charge as it is now.
        was_actionable: What `resources.is_actionable` said of it before.
    """
    # Whoever has locked the charge knows already whether it has any.
    has_warnings = getattr(charge, "has_warnings", True)
    if not has_warnings or resources.is_actionable(charge) == was_actionable:
        return
    for row in EarlyFraudWarning.objects.filter(charge_id=charge.id).order_by("id"):
        row.charge = charge
        after = resources.early_fraud_warning(row)
        before = after | {"actionable": was_actionable}
        work.emit("radar.early_fraud_warning.updated", row.tenant, after, before=before)
