"""What the console keeps for the people who use it."""

from console.models.drills import Drill, DrillKind
from console.models.exports import Export, ExportChunk, ExportStatus
from console.models.figures import ClearingAge, CountedDay, HourlyFigure
from console.models.notes import Note
from console.models.saved_filters import SavedFilter

__all__ = [
    "ClearingAge", "CountedDay", "Drill", "DrillKind", "Export", "ExportChunk", "ExportStatus",
    "HourlyFigure", "Note", "SavedFilter",
]  # fmt: skip
