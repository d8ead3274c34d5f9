"""The processors against which each test of conformance is run."""

import pytest

from tests.processors.worlds import WORLDS
from tests.truth import assert_the_processor_agrees


@pytest.fixture(
    scope="module", params=["simulator", pytest.param("stripe", marks=pytest.mark.slow)]
)
def place(request):
    return WORLDS[request.param](request)


@pytest.fixture
def tried(place, settings, db):
    """The processor, for tests that ask it themselves and keep no charge here."""
    settings.TEST_RAIL = place.name
    for name, value in place.settings.items():
        setattr(settings, name, value)
    return place


@pytest.fixture
def world(tried):
    """The processor, which in the end must have moved what we have in our books."""
    yield tried
    assert_the_processor_agrees()
