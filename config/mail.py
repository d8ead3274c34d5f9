"""Letters as files, for a home whose operator has not said yet where mail goes."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.filebased import EmailBackend


class PrivateFiles(EmailBackend):
    """Write each letter where its owner may read it and nobody else."""

    def __init__(self, **kwargs: Any) -> None:
        folder = Path(kwargs.get("file_path") or settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        super().__init__(**kwargs)

    def open(self) -> bool:
        """Open a file for the letters of this connection."""
        if self.stream is not None:
            return False
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self.stream = os.fdopen(os.open(self._get_filename(), flags, 0o600), "ab")
        return True
