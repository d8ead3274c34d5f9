"""Taking in the body of a request: whole, in time, and not too much of it."""

import asyncio
from typing import Final

from config.door.budget import Budget
from config.door.kinds import Kind
from config.door.rsgi import Exchange

# So small a body is taken in one piece, and needs no counting.
_SMALL_BYTES: Final = 16 * 1024
# A client that is hung up on while it speaks may never hear why: so much is let pass.
_MOST_LET_PASS: Final = 8 * 1024 * 1024


class Refused(Exception):
    """A refusal of the body.

    Args:
        status: The status of the answer.
        message: What to do about it.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Body:
    """A received body, and its share of the budget."""

    __slots__ = ("_budget", "_held", "content")

    def __init__(self, budget: Budget) -> None:
        self.content = b""
        self._budget = budget
        self._held = 0

    async def receive(self, proto: Exchange, kind: Kind, length: int | None, most: int) -> None:
        """Receive the body.

        Args:
            proto: What gives it.
            kind: The kind of request, which has the time limit.
            length: What the client announced; None for chunks.
            most: Bytes.

        Raises:
            Refused: If it is too large, comes too slowly or not whole, or others' bodies fill
                the memory for them.
        """
        try:
            async with asyncio.timeout(kind.seconds):
                if length is not None and length <= _SMALL_BYTES:
                    self.content = await proto()
                else:
                    await self._receive_pieces(proto, most)
        except TimeoutError:
            raise Refused(
                408, f"The body did not come within {kind.seconds:.0f} seconds. Send it again."
            ) from None
        except RuntimeError:
            # The client has gone.
            raise Refused(400, "The request body ended too early.") from None
        if length is not None and len(self.content) != length:
            raise Refused(400, "The request body ended too early.")

    async def _receive_pieces(self, proto: Exchange, most: int) -> None:
        pieces: list[bytes] = []
        size = 0
        async for piece in proto:
            size += len(piece)
            if size > most:
                raise too_large(most)
            if not self._budget.take(len(piece)):
                raise Refused(503, "Too much is being sent at once. Send it again in a while.")
            self._held += len(piece)
            pieces.append(piece)
        self.content = b"".join(pieces)

    def release(self) -> None:
        """Return its share of the budget."""
        self.content = b""
        self._budget.give_back(self._held)
        self._held = 0


async def drain(proto: Exchange, kind: Kind, length: int) -> None:
    """Discard a body that is a little too large, so that its sender reads the answer."""
    if length > _MOST_LET_PASS:
        return
    try:
        async with asyncio.timeout(kind.seconds):
            async for _ in proto:
                pass
    except (TimeoutError, RuntimeError):
        return


def too_large(most: int) -> Refused:
    """Make the refusal of a body that is too large."""
    return Refused(413, f"The body is over the limit of {most} bytes.")
