"""A Telegram Bot API server that runs on this machine; it is not Telegram and talks to nobody."""
