"""Which names are taken for those of hosts."""

from __future__ import annotations

import re

from emulator.formatting.top_level_domains import TOP_LEVEL_DOMAINS

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}", re.ASCII)
_ONLY_DIGITS = re.compile(r"[0-9.]*", re.ASCII)
_PUNYCODE = re.compile("xn--.+", re.IGNORECASE)
# Known for posing as telegram.org
_REFUSED = "teiegram.org"
_LONGEST_LABEL = 63
_SHORTEST_TOP = 2


def is_domain(name: str, *, known_only: bool) -> bool:
    if _IPV4.fullmatch(name):
        return True
    labels = name.split(".")
    if len(labels) < 2 or _ONLY_DIGITS.fullmatch(name) or name.lower() == _REFUSED:
        return False
    if not all(map(_is_label, labels)) or "_" in labels[-2]:
        return False
    return _is_top(labels[-1]) and (not known_only or _is_known_top(labels[-1]))


def _is_label(label: str) -> bool:
    return 1 <= len(label) <= _LONGEST_LABEL and not label.endswith("-")


def _is_top(label: str) -> bool:
    if _PUNYCODE.fullmatch(label):
        return True
    return len(label) >= _SHORTEST_TOP and "_" not in label and "-" not in label


def _is_known_top(label: str) -> bool:
    """`End.Then` is two sentences: a capital only at the start is not an address."""
    lowered = label.lower()
    capitalized = lowered != label and lowered[1:] == label[1:]
    return not capitalized and (lowered in TOP_LEVEL_DOMAINS or _PUNYCODE.fullmatch(label) is not None)
