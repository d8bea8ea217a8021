"""The real clock."""

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """Implements ports.Clock."""

    def now(self) -> datetime:
        """The present, aware UTC."""
        return datetime.now(UTC)

    def sleep(self, duration: timedelta) -> None:
        """Return after `duration` has passed."""
        time.sleep(max(0.0, duration.total_seconds()))
