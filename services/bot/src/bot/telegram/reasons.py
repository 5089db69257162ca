from __future__ import annotations

from aiogram.exceptions import ClientDecodeError


def reason(error: Exception) -> str:
    """For logs and health: without the body of an answer, in which there may be what people wrote."""
    if isinstance(error, ClientDecodeError):
        return f"{type(error).__name__}: {error.message} ({type(error.original).__name__})"
    return f"{type(error).__name__}: {error}"
