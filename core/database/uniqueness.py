"""Constraints of the database that tell callers what is taken."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError

from core.errors import RialtoError


@contextmanager
def explain(constraint: str, refusal: RialtoError) -> Iterator[None]:
    """Translate the refusal of a unique constraint into the caller's words.

    Args:
        constraint: The constraint's name.
        refusal: The error that is raised in its place.
    """
    try:
        yield
    except IntegrityError as error:
        if constraint in str(error):
            raise refusal from error
        raise
