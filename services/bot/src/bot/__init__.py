"""A Telegram bot that remembers."""
