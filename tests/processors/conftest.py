"""The processors against which each test of conformance is run."""

import pytest

from tests.processors.worlds import WORLDS


@pytest.fixture(
    scope="module",
    params=["simulator", "tiny", "adyen", pytest.param("stripe", marks=pytest.mark.slow)],
)
def place(request):
    return WORLDS[request.param](request)


@pytest.fixture
def tried(place, db):
    """The processor, for tests that ask it themselves and keep no charge here."""
    with place.installed():
        yield place


@pytest.fixture
def world(tried):
    """The processor, which in the end must have moved what we have in our books."""
    yield tried
    tried.assert_it_agrees()
