// @ts-check
/** One line of the list: one person's view of one chat. */

import { element, focusOpensKeyboard, setOrRemove } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, fullName, isolated, partnerName, senderName, summary } from "./names.js";
import { open, openBeside, openChat } from "./open_chats.js";
import { giveFocusToPane } from "./panes.js";
import { unreadCount } from "./reading.js";
import { state, viewKey } from "./store.js";
import { shortTime } from "./times.js";

/** @typedef {import("./types").View} View */
/** @typedef {{name: string, who: string, text: string, time: string, unread: number, blocked: boolean}} Facts */

export class ChatItem {
  #look = "";

  /** @param {View} view */
  constructor(view) {
    this.view = view;
    this.button = element("button", { type: "button", class: "chat-open", "data-view": viewKey(view), tabindex: "-1" });
    this.button.addEventListener("click", () => this.#open(openChat));
    this.beside = element(
      "button",
      { type: "button", class: "mini-button chat-beside", tabindex: "-1", title: "Open beside" },
      icon("beside"),
    );
    this.beside.addEventListener("click", () => this.#open(openBeside));
    this.node = element("li", { class: view.chat < 0 ? "chat-item in-group" : "chat-item" }, this.button, this.beside);
  }

  /** @param {(view: View) => void} opening */
  #open(opening) {
    opening(this.view);
    giveFocusToPane(open.focused, !focusOpensKeyboard());
  }

  /** @param {boolean} isOpen @param {boolean} isFocused */
  draw(isOpen, isFocused) {
    const facts = this.#facts();
    const look = JSON.stringify([facts, isOpen, isFocused]);
    if (look === this.#look) return;
    this.#look = look;
    this.#fill(facts);
    this.node.classList.toggle("is-open", isOpen);
    setOrRemove(this.button, "aria-current", isFocused ? "true" : null);
    this.beside.hidden = isOpen;
    this.beside.setAttribute("aria-label", `Open ${isolated(facts.name)} beside`);
  }

  /** @returns {Facts} */
  #facts() {
    const { view } = this;
    const person = state.people.get(view.person);
    const last = state.chats.get(view.chat)?.entries.at(-1);
    const isPrivate = view.chat > 0;
    return {
      name: isPrivate ? fullName(person) : partnerName(view),
      who: isPrivate ? (person?.username ? `@${person.username}` : "") : `as ${isolated(person?.first_name ?? "")}`,
      text: last ? this.#preview(last) : isPrivate ? "Has not started yet" : "No messages yet",
      time: last ? shortTime(last.message.date) : "",
      unread: unreadCount(view),
      blocked: isPrivate && Boolean(person?.blocked),
    };
  }

  /** @param {import("./types").Entry} last */
  #preview(last) {
    const own = last.from_person === this.view.person;
    const sender = own ? "You" : this.view.chat < 0 ? senderName(last, this.view) : "";
    return sender ? `${isolated(sender)}: ${summary(last.message)}` : summary(last.message);
  }

  /** @param {Facts} facts */
  #fill({ name, who, text, time, unread, blocked }) {
    const id = this.view.chat > 0 ? this.view.person : this.view.chat;
    const first = element(
      "span",
      { class: "chat-line" },
      element("span", { class: "chat-name", dir: "auto", text: name }),
      " ",
      element("span", { class: time ? "visually-hidden" : "chat-who", text: who }),
      " ",
      element("span", { class: "chat-time", text: time }),
    );
    const note = blocked ? element("span", { class: "chat-blocked", text: "blocked" }) : "";
    const badge = unread ? element("span", { class: "badge", text: unread > 999 ? "999+" : String(unread) }) : "";
    if (badge) badge.append(element("span", { class: "visually-hidden", text: " unread" }));
    const second = element(
      "span",
      { class: "chat-line" },
      element("span", { class: "chat-preview", dir: "auto", text }),
      note,
      badge,
    );
    this.button.replaceChildren(avatar(name, id), element("span", { class: "chat-lines" }, first, " ", second));
  }
}
