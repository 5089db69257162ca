// @ts-check
/** One person's view of one chat: its header, its messages, and the place to write. */

import { Composer } from "./composer.js";
import { element, setOrRemove } from "./dom.js";
import { oncePerFrame } from "./frames.js";
import { MessageList } from "./message_list.js";
import { hueOf, viewName, viewWords } from "./names.js";
import { focusPane, placeOf } from "./open_chats.js";
import { listenToAnswers } from "./pane_answers.js";
import { acceptFiles } from "./dropping.js";
import { PaneHeader } from "./pane_header.js";
import { listen, state, viewKey } from "./store.js";
import { toast } from "./toasts.js";

/** @typedef {import("./types").View} View */

export class Pane {
  /** @param {View} view */
  constructor(view) {
    this.view = view;
    this.header = new PaneHeader(view);
    this.composer = new Composer(view, () => this.list.sent());
    this.list = new MessageList(view, this.#actions(), `Messages of ${viewWords(view)}`);
    this.toasts = element("div", { class: "toasts", role: "status" });
    this.node = element("section", { class: "pane", "data-menus": true, "data-view": viewKey(view) });
    this.list.node.append(this.toasts);
    this.node.append(this.header.node, this.list.node, this.composer.node);
    this.node.style.setProperty("--hue", String(hueOf(view.person)));
    this.update = oncePerFrame(() => this.#draw());
    this.#listen();
  }

  #listen() {
    const chats = listen("chats", (chatId) => (chatId === undefined || chatId === this.view.chat) && this.update());
    const people = listen("people", this.update);
    const answers = listenToAnswers(this.view, (text, extra) => toast(this.toasts, text, extra));
    const focused = () => focusPane(placeOf(this.view));
    this.node.addEventListener("focusin", focused);
    this.node.addEventListener("pointerdown", focused);
    const takesFiles = () => this.composer.takesFiles;
    acceptFiles(this.node, takesFiles, (files) => this.composer.dropped(files));
    this.stops = [chats, people, answers];
  }

  /** @returns {import("./types").PaneActions} */
  #actions() {
    return {
      send: (text) => this.composer.send(text),
      reply: (entry) => this.composer.replyTo(entry),
      edit: (entry) => this.composer.edit(entry),
      showMessage: (id) =>
        this.list.show(id) || toast(this.toasts, "That message is further up. Load earlier messages to see it."),
    };
  }

  #draw() {
    if (!state.people.has(this.view.person)) return;
    setOrRemove(this.node, "aria-label", viewName(this.view));
    setOrRemove(this.list.log, "aria-label", `Messages of ${viewWords(this.view)}`);
    this.header.draw();
    this.composer.draw();
    this.list.update();
  }

  /** @param {boolean} focused @param {boolean} several */
  markFocused(focused, several) {
    this.node.classList.toggle("focused", focused && several);
  }

  /** @param {boolean} toWrite */
  focus(toWrite) {
    if (toWrite) this.composer.focus();
    else this.header.title.focus();
  }

  dispose() {
    for (const stop of this.stops ?? []) stop();
    this.header.dispose();
    this.list.dispose?.();
    this.composer.dispose();
    this.node.remove();
  }
}
