"""What all tests share: in CI the property tests draw the same examples every time, so that a red run is no accident."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, max_examples=60)
settings.register_profile("dev", max_examples=60)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
