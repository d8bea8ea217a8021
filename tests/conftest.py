"""What all tests share: the same examples every time in CI and no deadline, so that a red run is no accident; which tests take long."""

import os
import re

import pytest
from hypothesis import HealthCheck, settings

# The processes that tests run keep their byte code, or each of them compiles the program anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

settings.register_profile("dev", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

LONG = re.compile(
    r"test_crash\.py::test_the_points_are_spread"
    r"|test_delivery_properties\.py"
    r"|test_run\.py::test_a_list_page_gone_bad.*\[(?!captcha|empty|500)"
    r"|test_run\.py::test_(?:two_ticks|entries_say).*\[(?!tables)"
    r"|test_turns\.py::test_a_redesign.*\[(?!tables)"
    r"|test_turns\.py::test_what_a_portal_changes.*\[(?!UlCms-Renumbered)"
    r"|test_odd_days\.py::test_a_clock.*\[1"
    r"|test_health_rhythm\.py::test_a_year"
    r"|test_listing_corpus\.py::test_(?:noise|the_remembered)"
    r"|test_listing_company\.py::.*\[\d*[13579]\]"
    r"|test_chat_end_to_end\.py::test_what_nobody_knows"
)
"""Further cases of what other tests show by a sample, and the dearest ones: `make test-long` runs them, `make test` does not."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Marks the long ones."""
    for item in items:
        if LONG.search(item.nodeid):
            item.add_marker("long")
