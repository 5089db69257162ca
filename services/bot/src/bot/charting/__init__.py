"""Charts, drawn in a process of its own: what matplotlib takes of memory and time is not the bot's."""
