"""Asks the running bot whether it is ready; imports nothing heavy, as it runs every few seconds."""

from __future__ import annotations

import http.client
import os
import sys


def healthcheck() -> int:
    """0 when ready; else 1, and the reason on standard output, where `docker inspect` shows it."""
    host = os.environ.get("HEALTH_HOST") or "127.0.0.1"
    port = int(os.environ.get("HEALTH_PORT") or 8080)
    connection = http.client.HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=4)
    try:
        connection.request("GET", "/ready")
        response = connection.getresponse()
        sys.stdout.write(response.read().decode())
    except (OSError, http.client.HTTPException) as error:
        sys.stdout.write(f"the bot does not answer on port {port}: {error}")
        return 1
    return 0 if response.status == http.HTTPStatus.OK else 1
