// @ts-check
/** Above the field: to which message one answers, or which one is edited. */

import { element } from "./dom.js";
import { icon } from "./icons.js";
import { isolated, senderName, summary } from "./names.js";

/** @typedef {import("./types").Entry} Entry */

export class ContextBar {
  /** @type {Entry|null} */ editing = null;
  /** @type {Entry|null} */ replyTo = null;

  /** @param {() => void} editEnded */
  constructor(editEnded) {
    this.editEnded = editEnded;
    this.title = element("span", { class: "context-title", dir: "auto" });
    this.text = element("span", { class: "context-text", dir: "auto" });
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
    this.#show(sender === "You" ? "Reply to yourself" : `Reply to ${isolated(sender)}`, entry);
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

  /** The message may have changed meanwhile, or gone. @param {Entry[]} entries sorted by message_id */
  update(entries) {
    const shown = this.editing ?? this.replyTo;
    if (!shown || entries.includes(shown)) return;
    const id = shown.message.message_id;
    const now = entries.find((entry) => entry.message.message_id === id);
    if (now) this.#renew(now);
    else if (id >= (entries[0]?.message.message_id ?? 0)) this.close();
  }

  /** @param {Entry} entry */
  #renew(entry) {
    if (this.editing) this.editing = entry;
    else this.replyTo = entry;
    this.text.textContent = summary(entry.message);
  }

  close() {
    const edited = this.editing !== null;
    this.editing = null;
    this.replyTo = null;
    this.node.hidden = true;
    if (edited) this.editEnded();
  }
}
