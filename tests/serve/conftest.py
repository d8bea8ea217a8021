"""One served installation for tests that only ask."""

import pytest
from stand_ins.served import Served


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """city.rss and index.html are there, slow.rss is not; two portals, a hub."""
    with Served(tmp_path_factory.mktemp("served")) as house:
        yield house
