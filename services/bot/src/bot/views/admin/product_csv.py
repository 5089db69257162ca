from __future__ import annotations

from collections.abc import Sequence

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.domain.product_csv import (
    COLUMNS,
    LARGEST_FILE,
    MOST_LINES,
    BadLine,
    Imported,
    NotText,
    Problem,
    TooManyLines,
    WrongColumns,
)
from bot.views.admin.products import LONGEST_VALUE, wrong
from bot.views.callback_data import AdminProducts, ImportProducts, LeaveProduct
from bot.views.formatting import number, quoted
from bot.views.screen import Screen, button

#: So many bad lines are listed,
MOST_BAD_LINES = 30
#: as far as they fit into a message with what is around them.
LONGEST_LIST = 3400  # characters
#: So many columns are named.
MOST_COLUMNS = 8


def ask_for_file() -> Screen:
    return Screen(
        "\n\n".join(
            [
                _("Send me the products as a CSV file, with these columns: {columns}.").format(
                    columns=", ".join(COLUMNS)
                ),
                _(
                    "A SKU that I know is changed, any other is added. Where description, price, stock or hidden is "
                    "empty, a product stays as it is. Nothing is stored if a line is wrong."
                ),
                _("“Export CSV” gives you such a file."),
            ]
        ),
        [[button(_("Not now"), LeaveProduct())]],
    )


def file_is_document() -> Screen:
    return Screen(_("Please send the CSV file as a document."), [[button(_("Not now"), LeaveProduct())]])


def too_large() -> Screen:
    most = number(LARGEST_FILE // 1024**2)
    return _refused(_("That file is too large: I take up to {most} MB. Please send it in parts.").format(most=most))


def not_fetched() -> Screen:
    return _refused(_("I cannot get that file from Telegram. Please send it again."))


def refused(error: NotText | TooManyLines | WrongColumns) -> Screen:
    match error:
        case NotText():
            return _refused(_("That file is not text in UTF-8. Please save it as “CSV UTF-8” and send it again."))
        case TooManyLines():
            most = number(MOST_LINES)
            return _refused(_("I take up to {most} lines at once. Please send the file in parts.").format(most=most))
    return _refused(_columns(error))


def progress(checked: int, lines: int) -> str:
    return ngettext("Checked {checked} of {lines} line", "Checked {checked} of {lines} lines", lines).format(
        checked=number(checked), lines=number(lines)
    )


def bad_lines(found: Sequence[BadLine], currency: str) -> Screen:
    """The first of them, in the order of the file."""
    listed: list[str] = []
    for bad in sorted(found, key=lambda bad: bad.number)[:MOST_BAD_LINES]:
        line = _bad_line(bad, currency)
        if listed and sum(map(len, listed)) + len(listed) + len(line) > LONGEST_LIST:
            break
        listed.append(line)
    if (more := len(found) - len(listed)) > 0:
        count = number(more)
        listed.append(ngettext("and {count} more bad line", "and {count} more bad lines", more).format(count=count))
    return _refused("\n".join([_("Nothing is stored, because of these lines:"), "", *listed]))


def imported(done: Imported) -> Screen:
    counts = [
        ngettext("{count} product added", "{count} products added", done.added).format(count=number(done.added)),
        ngettext("{count} product changed", "{count} products changed", done.changed).format(
            count=number(done.changed)
        ),
        ngettext("{count} product left as it was", "{count} products left as they were", done.unchanged).format(
            count=number(done.unchanged)
        ),
    ]
    return Screen("\n".join([_("Imported:"), *counts]), [[button(_("All products"), AdminProducts())]])


def empty() -> Screen:
    return _refused(_("There is no product in that file."))


def _refused(text: str) -> Screen:
    again = button(_("Import CSV"), ImportProducts())
    return Screen(text, [[again, button(_("All products"), AdminProducts())]])


def _columns(error: WrongColumns) -> str:
    parts = [_("The first line has to name these columns: {columns}.").format(columns=", ".join(COLUMNS))]
    if error.missing:
        parts.append(_("Missing: {columns}").format(columns=", ".join(error.missing)))
    if error.unknown:
        parts.append(_("Unknown: {columns}").format(columns=_named(error.unknown)))
    if error.repeated:
        parts.append(_("Twice: {columns}").format(columns=", ".join(error.repeated)))
    return "\n".join(parts)


def _named(columns: Sequence[str]) -> str:
    names = [f"“{quoted(' '.join(column.split()), LONGEST_VALUE)}”" for column in columns[:MOST_COLUMNS]]
    return ", ".join([*names, "…"] if len(columns) > MOST_COLUMNS else names)


def _bad_line(bad: BadLine, currency: str) -> str:
    problems = " ".join(_problem(problem, currency) for problem in bad.problems)
    return _("Line {number}: {problems}").format(number=bad.number, problems=problems)


def _problem(problem: Problem, currency: str) -> str:
    match problem.fault:
        case "fields":
            return ngettext(
                "{count} field instead of {expected}.", "{count} fields instead of {expected}.", problem.number
            ).format(count=problem.number, expected=len(COLUMNS))
        case "twice":
            return _("{sku} is in line {number} already.").format(sku=problem.value, number=problem.number)
        case "quotes":
            return _("From here on the quotation marks do not match.")
    return wrong(problem.fault, problem.value, currency)
