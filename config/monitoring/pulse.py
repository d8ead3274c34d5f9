"""How a program shows that it works: a file for its supervisor, and a row for everybody.

The file is there without the database, so that a database which is away lets no supervisor start
programs again. The row tells machines of each other.
"""

import logging
import os
import threading
import time
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection

from api import heartbeats

logger = logging.getLogger(__name__)

_TOUCH_EVERY_SECONDS: Final = 2.0


class Pulse:
    """The pulse of one program in this process.

    Args:
        program: Such as `relay`.
    """

    def __init__(self, program: str) -> None:
        self.program = program
        self._touch_at = 0.0
        self._note_at = 0.0
        self._has_begun = False

    def touch(self) -> None:
        """Show the supervisor, if there is one, that whoever calls this still runs."""
        if time.monotonic() < self._touch_at or not settings.PULSE_FOLDER:
            return
        self._touch_at = time.monotonic() + _TOUCH_EVERY_SECONDS
        try:
            folder = Path(settings.PULSE_FOLDER)
            folder.mkdir(exist_ok=True, mode=0o700)
            (folder / f"{self.program.partition(' ')[0]}.{os.getpid()}").touch(mode=0o600)
        except OSError as error:
            logger.warning("The pulse of %s cannot be written: %s", self.program, error)

    def note(self) -> bool:
        """Write the row, if it is time, in this thread; a database that is away is no matter.

        Returns:
            Whether it was time.
        """
        if time.monotonic() < self._note_at:
            return False
        self._note_at = time.monotonic() + heartbeats.EVERY_SECONDS
        try:
            if self._has_begun:
                heartbeats.note(self.program)
            else:
                heartbeats.begin(self.program)
                self._has_begun = True
        except Exception as error:
            # Whoever works next must not meet the broken connection again.
            connection.close()
            logger.warning("The heartbeat of %s cannot be written: %s", self.program, error)
        return True

    def beat(self) -> None:
        """Do both."""
        self.touch()
        self.note()


def touch_in_thread(program: str) -> None:
    """Touch the file for as long as this process is not stopped, whatever its main thread does."""
    pulse = Pulse(program)

    def keep() -> None:
        while True:
            pulse.touch()
            time.sleep(_TOUCH_EVERY_SECONDS)

    if settings.PULSE_FOLDER:
        threading.Thread(target=keep, name="pulse", daemon=True).start()
