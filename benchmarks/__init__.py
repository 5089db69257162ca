"""What the documentation claims about speed, measured."""

import sys
from pathlib import Path

# The bot is installed nowhere; what measures its storage imports it from here.
sys.path.append(str(Path(__file__).parents[1] / "services/bot/src"))
