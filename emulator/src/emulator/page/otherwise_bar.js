// @ts-check
/** What stands in the place of the composer when there is nothing to write: Start, Unblock, or a deleted account. */

import * as api from "./api.js";
import { element, setText } from "./dom.js";
import { firstName, isolated } from "./names.js";
import { state } from "./store.js";
import { report } from "./toasts.js";

/** @typedef {import("./types").View} View */

export class OtherwiseBar {
  /** @param {View} view @param {() => void} start */
  constructor(view, start) {
    this.view = view;
    this.start = start;
    this.words = element("p", { class: "otherwise-words" });
    this.button = element("button", { type: "button", class: "button primary wide", click: () => this.act() });
    this.node = element("div", { class: "otherwise" }, this.words, this.button);
    this.act = () => {};
  }

  /** @returns {boolean} whether the usual composer is to be shown */
  draw() {
    const hadFocus = document.activeElement === this.button;
    const shown = this.#choose();
    this.node.hidden = !shown;
    if (!shown && hadFocus) setTimeout(() => this.#focusComposer(), 0);
    return !shown;
  }

  #choose() {
    const person = state.people.get(this.view.person);
    if (!person) return false;
    const change = (/** @type {object} */ changes) => () => void api.changePerson(person.id, changes).catch(report);
    const name = isolated(firstName(person.id));
    if (person.deactivated)
      return this.#offer(`${name}’s account is deleted.`, "Bring it back", change({ deactivated: false }));
    if (person.blocked && this.view.chat > 0)
      return this.#offer(`${name} has blocked the bot.`, "Unblock", change({ blocked: false }));
    const isNew = this.view.chat > 0 && !state.chats.get(this.view.chat)?.entries.length;
    return isNew && this.#offer("", "Start", this.start);
  }

  /** @param {string} words @param {string} action @param {() => void} act */
  #offer(words, action, act) {
    setText(this.words, words);
    this.words.hidden = !words;
    setText(this.button, action);
    this.act = act;
    return true;
  }

  #focusComposer() {
    const input = this.node.parentElement?.querySelector("textarea");
    if (!matchMedia("(pointer: coarse)").matches) input?.focus();
  }

  focus() {
    this.button.focus();
  }
}
