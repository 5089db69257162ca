// @ts-check
/** Who I am, with whom I talk, and what the bot is doing just now. */

import * as api from "./api.js";
import { element, setText } from "./dom.js";
import { icon } from "./icons.js";
import { makeMenuButton } from "./menus.js";
import { avatar, firstName, initials, partnerName } from "./names.js";
import { backToList, closeChat } from "./open_chats.js";
import { openPersonDialog } from "./person_dialog.js";
import { listen, state } from "./store.js";
import { report } from "./toasts.js";

/** @typedef {import("./types").View} View */

const ACTION_SECONDS = 5;

/** @type {Record<string, string>} */
const ACTIONS = {
  typing: "typing…",
  upload_photo: "sending a photo…",
  upload_document: "sending a file…",
  upload_video: "sending a video…",
  record_voice: "recording…",
  find_location: "finding a place…",
  choose_sticker: "choosing a sticker…",
};

export class PaneHeader {
  #timer = 0;

  /** @param {View} view */
  constructor(view) {
    this.view = view;
    this.back = element(
      "button",
      { type: "button", class: "icon-button back-button", "aria-label": "Back to all chats", click: backToList },
      icon("back"),
    );
    this.face = element("span");
    this.title = element("h2", { class: "pane-title", tabindex: "-1", dir: "auto" });
    this.name = element("bdi");
    this.me = element("span", { class: "pane-me" }, "You are ", this.name);
    this.username = element("span", { class: "pane-username" });
    this.action = element("span", { class: "pane-action" });
    this.menu = element("button", { type: "button", class: "icon-button", "aria-label": "Chat menu" }, icon("more"));
    makeMenuButton(this.menu, () => this.#menuItems());
    const words = element(
      "div",
      { class: "pane-words" },
      this.title,
      element("p", { class: "pane-sub" }, this.me, this.username, this.action),
    );
    this.node = element("header", { class: "pane-header" }, this.back, this.face, words, this.menu);
    this.stops = [
      listen("action", (news) => news.chat_id === view.chat && this.#show(ACTIONS[news.action] ?? "busy…")),
      listen("bot_entry", (chatId) => chatId === view.chat && this.#show("")),
    ];
  }

  draw() {
    const person = state.people.get(this.view.person);
    if (!person) return;
    setText(this.title, partnerName(this.view));
    setText(this.name, firstName(person.id));
    setText(this.username, person.username ? `@${person.username}` : "");
    if (this.face.textContent !== initials(person.first_name)) this.#drawFace(person);
  }

  /** @param {import("./types").Person} person */
  #drawFace(person) {
    const face = avatar(person.first_name, person.id);
    this.face.replaceWith(face);
    this.face = face;
  }

  /** @param {string} text */
  #show(text) {
    clearTimeout(this.#timer);
    setText(this.action, text);
    if (text) this.#timer = window.setTimeout(() => this.#show(""), ACTION_SECONDS * 1000);
  }

  /** @returns {import("./menus").MenuItem[]} */
  #menuItems() {
    const person = state.people.get(this.view.person);
    if (!person) return [];
    const block = () => void api.changePerson(person.id, { blocked: !person.blocked }).catch(report);
    /** @type {import("./menus").MenuItem[]} */
    const items = [{ label: "Change name", icon: "edit", action: () => openPersonDialog(person) }];
    items.push({
      label: person.blocked ? "Unblock the bot" : "Block the bot",
      icon: "block",
      action: block,
      danger: !person.blocked,
    });
    items.push({ label: "Close pane", icon: "close", action: () => closeChat(this.view) });
    return items;
  }

  dispose() {
    clearTimeout(this.#timer);
    for (const stop of this.stops) stop();
  }
}
