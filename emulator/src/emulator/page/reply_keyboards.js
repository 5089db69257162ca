// @ts-check
/** The keyboard that the bot has put under the field. */

import * as api from "./api.js";
import { element, freshId } from "./dom.js";
import { icon } from "./icons.js";
import { openLocationDialog } from "./location_dialog.js";

/** @typedef {import("./types").Entry} Entry */
/** @typedef {import("./types").Keyboard} Keyboard */
/** @typedef {import("./types").ReplyButton} ReplyButton */
/** @typedef {import("./types").View} View */

const UNSUPPORTED = ["request_poll", "request_users", "request_chat", "web_app"];

export class ReplyKeyboard {
  /** @type {Entry|undefined} */ #shown;
  /** @type {Entry|undefined} */ #answered;

  /** @param {View} view @param {(text: string) => void} send
   * @param {(doing: () => Promise<unknown>) => void} attempt
   * @param {() => void} lostFocus the key with the focus is gone */
  constructor(view, send, attempt, lostFocus) {
    this.view = view;
    this.send = send;
    this.attempt = attempt;
    this.lostFocus = lostFocus;
    const id = freshId("keyboard");
    this.node = element("div", {
      class: "reply-keyboard",
      id,
      role: "group",
      "aria-label": "Keyboard of the bot",
      hidden: true,
    });
    this.toggle = element(
      "button",
      {
        type: "button",
        class: "mini-button keyboard-toggle",
        "aria-label": "Keyboard of the bot",
        "aria-controls": id,
        hidden: true,
      },
      icon("keyboard"),
    );
    this.toggle.addEventListener("click", () => this.#setOpen(Boolean(this.node.hidden)));
  }

  /** Draws the keyboard in force. @param {Entry[]} entries @param {(entry: Entry) => void} asksForReply
   * @returns {string|undefined} the placeholder that it wants */
  draw(entries, asksForReply) {
    const place = entries.findLastIndex((entry) => entry.keyboard);
    const entry = entries[place];
    const used = entries.slice(place + 1).some((later) => later.from_person === this.view.person);
    if (entry !== this.#shown) this.#show(entry);
    if (used && entry?.keyboard?.one_time_keyboard && this.#answered !== entry) {
      this.#answered = entry;
      this.#setOpen(false);
    }
    if (entry?.keyboard?.force_reply && !used) return this.#forceReply(entry, asksForReply);
    return used && !entry?.keyboard?.keyboard ? undefined : entry?.keyboard?.input_field_placeholder;
  }

  /** @param {Entry|undefined} entry */
  #show(entry) {
    this.#shown = entry;
    const rows = entry?.keyboard?.keyboard ?? [];
    if (this.node.contains(document.activeElement)) this.lostFocus();
    this.node.replaceChildren(
      ...rows.map((row) => element("div", { class: "reply-row" }, ...row.map((button) => this.#button(button)))),
    );
    this.toggle.hidden = !rows.length;
    this.#setOpen(rows.length > 0);
  }

  /** @param {Entry} entry @param {(entry: Entry) => void} asksForReply */
  #forceReply(entry, asksForReply) {
    if (this.#answered !== entry) asksForReply(entry);
    this.#answered = entry;
    return entry.keyboard?.input_field_placeholder;
  }

  /** @param {boolean} isOpen */
  #setOpen(isOpen) {
    if (!isOpen && this.node.contains(document.activeElement)) this.lostFocus();
    this.node.hidden = !isOpen;
    this.toggle.setAttribute("aria-expanded", String(isOpen));
  }

  /** @param {ReplyButton|string} button */
  #button(button) {
    const { text, ...kind } = typeof button === "string" ? { text: button } : button;
    const unsupported = UNSUPPORTED.some((name) => kind[name]);
    const title = unsupported ? "The emulator does not support this kind of button." : null;
    const sign = kind.request_contact ? icon("contact") : kind.request_location ? icon("location") : "";
    const node = element("button", { type: "button", class: "reply-button", disabled: unsupported, title }, sign, text);
    node.addEventListener("click", () => this.#pressed(text, kind));
    return node;
  }

  /** @param {string} text @param {Record<string, unknown>} kind */
  #pressed(text, kind) {
    if (kind.request_contact) this.attempt(() => api.shareContact(this.view));
    else if (kind.request_location) openLocationDialog(this.view);
    else this.send(text);
  }
}
