// @ts-check
/** The drawn messages: what did not change stays as it is, with its focus and its revealed spoilers. */

import { buildMessage } from "./bubbles.js";
import { element } from "./dom.js";
import { startCard } from "./start.js";
import { dayKey, dayName } from "./times.js";

/** @typedef {import("./types").Entry} Entry */
/** @typedef {import("./types").View} View */
/** @typedef {{node: HTMLElement, entry: Entry, message: HTMLElement, look: string}} Row */

const SAME_TURN_SECONDS = 300;

export class MessageRows {
  /** @type {Map<number, Row>} by message_id, oldest first */ #rows = new Map();

  /** @param {View} view @param {import("./types").PaneActions} actions */
  constructor(view, actions) {
    this.view = view;
    this.actions = actions;
    this.node = element("div", { class: "rows" });
  }

  get count() {
    return this.#rows.size;
  }

  get firstId() {
    return this.#rows.keys().next().value;
  }

  /** @param {number} messageId */
  message(messageId) {
    return this.#rows.get(messageId)?.message;
  }

  /** The first row that ends below the given height, and where it is. @param {number} top */
  firstBelow(top) {
    for (const { node } of this.#rows.values()) {
      if (node.offsetTop + node.offsetHeight > top) return { node, top: node.offsetTop };
    }
    return null;
  }

  /** @param {Entry[]} entries @param {number|null} dividerAt message_id of the first new message */
  draw(entries, dividerAt) {
    const before = this.#rows;
    this.#rows = new Map();
    this.#removeGone(before, entries);
    let place = this.node.firstChild;
    let previous = /** @type {Entry|null} */ (null);
    for (const entry of entries) {
      const row = this.#row(before.get(entry.message.message_id), entry);
      if (row.node === place) place = place.nextSibling;
      else this.node.insertBefore(row.node, place);
      dress(row, previous, dividerAt);
      this.#rows.set(entry.message.message_id, row);
      previous = entry;
    }
    this.#showStart(entries);
  }

  /** @param {Map<number, Row>} rows @param {Entry[]} entries */
  #removeGone(rows, entries) {
    const ids = new Set(entries.map((entry) => entry.message.message_id));
    for (const [id, row] of rows) if (!ids.has(id)) row.node.remove();
  }

  /** @param {Row|undefined} row @param {Entry} entry @returns {Row} */
  #row(row, entry) {
    if (row?.entry === entry) return row;
    const message = buildMessage(entry, this.view, this.actions);
    if (!row) return { node: element("div", { class: "row" }, message), entry, message, look: "" };
    const focusPlace = focusIn(row.message);
    row.message.replaceWith(message);
    if (focusPlace !== null) giveFocus(message, focusPlace);
    return Object.assign(row, { entry, message });
  }

  /** @param {Entry[]} entries */
  #showStart(entries) {
    const card = this.node.querySelector(":scope > .start-card");
    const wanted = !entries.length && this.view.chat > 0;
    if (wanted && !card) this.node.append(startCard());
    else if (!wanted) card?.remove();
  }
}

/** @typedef {{day: string, fresh: boolean, goesOn: boolean}} Look the day and the line of new messages above a row;
 * whether the row goes on a turn of the same sender */

/** @param {Row} row @param {Entry|null} previous @param {number|null} dividerAt @returns {Look} */
function lookOf(row, previous, dividerAt) {
  const { message } = row.entry;
  const day = !previous || dayKey(previous.message.date) !== dayKey(message.date) ? dayName(message.date) : "";
  const fresh = dividerAt === message.message_id;
  const sameSender = previous?.from_person === row.entry.from_person;
  const soon = message.date - (previous?.message.date ?? 0) < SAME_TURN_SECONDS;
  return { day, fresh, goesOn: !day && !fresh && sameSender && soon };
}

/** @param {Row} row @param {Entry|null} previous @param {number|null} dividerAt */
function dress(row, previous, dividerAt) {
  const { day, fresh, goesOn } = lookOf(row, previous, dividerAt);
  const look = `${day}|${fresh}|${goesOn}`;
  if (row.look === look) return;
  row.look = look;
  row.node.classList.toggle("goes-on", goesOn);
  for (const line of row.node.querySelectorAll(":scope > .day, :scope > .new-line")) line.remove();
  if (fresh) row.node.prepend(element("p", { class: "new-line" }, element("span", { text: "New messages" })));
  if (day) row.node.prepend(element("p", { class: "day" }, element("span", { text: day })));
}

/** Which of the message's controls has the focus: -1 the message itself, null none. @param {HTMLElement} message */
function focusIn(message) {
  if (!message.contains(document.activeElement)) return null;
  return controls(message).indexOf(/** @type {HTMLElement} */ (document.activeElement));
}

/** @param {HTMLElement} message @param {number} place */
function giveFocus(message, place) {
  (controls(message)[place] ?? message).focus({ preventScroll: true });
}

/** @param {HTMLElement} message @returns {HTMLElement[]} */
function controls(message) {
  return [...message.querySelectorAll(/** @type {"a"} */ ("button, a[href], [tabindex='0']"))];
}
