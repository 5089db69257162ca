"""What the bot raises itself.

BotError
├── ConfigError          a setting is missing or malformed: mend it and start again
├── DatabaseRefused      the database will never let the bot in as it is configured
├── StorageUnavailable   the database is away: what was asked may be tried again
├── ClaimLost            another process has been given the update, or the chat: leave it alone
├── Stopped              the bot was told to stop while it waited
└── ChartFailed          there is no picture: what it would have shown has to be said
"""

from __future__ import annotations


class BotError(Exception):
    """The message is for the operator: what happened, and what to do next."""


class ConfigError(BotError): ...


class DatabaseRefused(BotError): ...


class StorageUnavailable(BotError): ...


class Stopped(BotError): ...


class ClaimLost(BotError): ...


class ChartFailed(BotError): ...
