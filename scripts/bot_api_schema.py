#!/usr/bin/env python3
"""Writes into the emulator what the Bot API publishes about its methods and parameters, as aiogram's models have it."""

from __future__ import annotations

import datetime as dt
import inspect
import json
import types
import typing
from pathlib import Path

import aiogram
from aiogram import methods
from aiogram.client.default import Default
from aiogram.types import InputFile
from aiogram.types.base import TelegramObject

TARGET = Path(__file__).parents[1] / "emulator/src/emulator/bot_api/schema.json"
SCALARS = {bool: "Boolean", int: "Integer", float: "Float", str: "String"}
MOMENTS = (dt.datetime, dt.timedelta)


def schema() -> str:
    known: dict[str, dict[str, typing.Any]] = {}
    published = {method.__api_method__: parameters(method, known) for method in all_methods()}
    content = {"version": aiogram.__api_version__, "methods": published, "types": dict(sorted(known.items()))}
    return json.dumps(content, separators=(",", ":"), sort_keys=True).replace('},"', '},\n"') + "\n"


def all_methods() -> list[typing.Any]:
    found = (value for _, value in inspect.getmembers(methods, inspect.isclass))
    return [value for value in found if hasattr(value, "__api_method__") and value is not methods.TelegramMethod]


def parameters(model: typing.Any, known: dict[str, dict[str, typing.Any]]) -> dict[str, typing.Any]:
    fields = model.model_fields.items()
    return {field.alias or name: sorted(alternatives(field.annotation, known), key=str) for name, field in fields}


def alternatives(annotation: typing.Any, known: dict[str, dict[str, typing.Any]]) -> list[typing.Any]:
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        found = [one for part in typing.get_args(annotation) for one in alternatives(part, known)]
        return [one for number, one in enumerate(found) if one not in found[:number]]
    if origin in (list, tuple):
        return [{"array": sorted(alternatives(typing.get_args(annotation)[0], known), key=str)}]
    if origin is typing.Literal:
        return ["String"]
    if origin is typing.Annotated:
        return alternatives(typing.get_args(annotation)[0], known)
    return single(annotation, known)


def single(annotation: typing.Any, known: dict[str, dict[str, typing.Any]]) -> list[typing.Any]:
    if annotation in (type(None), Default):
        return []
    if annotation in SCALARS:
        return [SCALARS[annotation]]
    if not inspect.isclass(annotation):
        return ["Anything"]  # types that hold themselves
    if issubclass(annotation, MOMENTS):
        return ["Integer"]
    if issubclass(annotation, InputFile):
        return ["InputFile"]
    if issubclass(annotation, TelegramObject):
        return [described(annotation, known)]
    return ["String"]  # an enumeration


def described(model: type[TelegramObject], known: dict[str, dict[str, typing.Any]]) -> str:
    name = model.__name__
    if name not in known:
        known[name] = {}
        known[name] = parameters(model, known)
    return name


if __name__ == "__main__":
    TARGET.write_text(schema())
