"""Feedbridge: feeds, Telegram messages and webhooks for portals that have no feed."""

__version__ = "0.1.0"
