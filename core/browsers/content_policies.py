"""What an answer may load and run where it is no page: nothing, and in no frame."""

from typing import Final

NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Of what somebody uploaded: whatever it is, it is no page of ours.
OF_FILES: Final = f"{NOTHING}; sandbox"
