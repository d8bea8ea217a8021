"""A portal over months of virtual time, read by the real engine; what is lost, doubled, merged, missed or cried wolf is counted."""
