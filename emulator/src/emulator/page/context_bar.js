// @ts-check
/** Above the field: to which message one answers, or which one is edited. */

import { element } from "./dom.js";
import { icon } from "./icons.js";
import { senderName, summary } from "./names.js";

/** @typedef {import("./types").Entry} Entry */

export class ContextBar {
  /** @type {Entry|null} */ editing = null;
  /** @type {Entry|null} */ replyTo = null;

  /** @param {() => void} editEnded */
  constructor(editEnded) {
    this.editEnded = editEnded;
    this.title = element("span", { class: "context-title" });
    this.text = element("span", { class: "context-text" });
    const close = element(
      "button",
      { type: "button", class: "mini-button", "aria-label": "Cancel", click: () => this.close() },
      icon("close"),
    );
    this.node = element(
      "div",
      { class: "context-bar", hidden: true },
      element("div", { class: "context-words" }, this.title, this.text),
      close,
    );
  }

  get isShown() {
    return !this.node.hidden;
  }

  /** @param {Entry} entry @param {import("./types").View} view */
  showReply(entry, view) {
    if (this.editing) this.close();
    this.replyTo = entry;
    const sender = senderName(entry, view);
    this.#show(sender === "You" ? "Reply to yourself" : `Reply to ${sender}`, entry);
  }

  /** @param {Entry} entry */
  showEdit(entry) {
    this.replyTo = null;
    this.editing = entry;
    this.#show("Edit message", entry);
  }

  /** @param {string} title @param {Entry} entry */
  #show(title, entry) {
    this.title.textContent = title;
    this.text.textContent = summary(entry.message);
    this.node.hidden = false;
  }

  close() {
    const edited = this.editing !== null;
    this.editing = null;
    this.replyTo = null;
    this.node.hidden = true;
    if (edited) this.editEnded();
  }
}
