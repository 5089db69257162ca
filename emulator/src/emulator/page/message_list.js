// @ts-check
/** The messages of one pane: drawn step by step, never all anew; the newest few hundred only. */

import { element, setText } from "./dom.js";
import { oncePerFrame } from "./frames.js";
import { icon } from "./icons.js";
import { showPaidButtons, showWaitingButtons } from "./inline_keyboards.js";
import { loadEarlier } from "./earlier.js";
import { moveAmongMessages } from "./message_focus.js";
import { MessageRows } from "./message_rows.js";
import { firstUnread, readAll, unreadCount } from "./reading.js";
import { listen, state } from "./store.js";

/** @typedef {import("./types").Entry} Entry */
/** @typedef {import("./types").View} View */

const MOST_ROWS = 400;
const MORE_WHILE_READING = 400;
const NEAR_END = 60;

export class MessageList {
  #limit = MOST_ROWS;
  #atEnd = true;
  #drawn = false;
  /** @type {number|null} message_id of the first new message */ #dividerAt = null;

  /** @param {View} view @param {import("./types").PaneActions} actions @param {string} name */
  constructor(view, actions, name) {
    this.view = view;
    this.rows = new MessageRows(view, actions);
    this.earlier = element("button", {
      type: "button",
      class: "button load-earlier",
      hidden: true,
      text: "Load earlier",
      click: () => this.#loadEarlier(),
    });
    this.log = element(
      "div",
      { class: "log", role: "log", tabindex: "0", "aria-label": name, "aria-live": "off" },
      this.earlier,
      this.rows.node,
    );
    this.jumpText = element("span");
    this.jump = element(
      "button",
      { type: "button", class: "jump", hidden: true, click: () => this.scrollToEnd() },
      icon("down"),
      this.jumpText,
    );
    this.node = element("div", { class: "log-area" }, this.log, this.jump);
    this.update = oncePerFrame(() => this.#draw());
    this.#listen();
  }

  #listen() {
    const resized = new ResizeObserver(() => this.#atEnd && this.#toEnd());
    resized.observe(this.log);
    const shown = () => this.update();
    document.addEventListener("visibilitychange", shown);
    this.log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.log.addEventListener("keydown", (event) => moveAmongMessages(event, this.log));
    const stops = [
      listen("presses", () => showWaitingButtons(this.rows.node)),
      listen("chats", (chatId) => (chatId === undefined || chatId === this.view.chat) && this.update()),
    ];
    this.dispose = () => {
      for (const stop of stops) stop();
      document.removeEventListener("visibilitychange", shown);
      resized.disconnect();
    };
  }

  get #chat() {
    return state.chats.get(this.view.chat);
  }

  #draw() {
    if (!this.log.isConnected || !this.#chat) return;
    this.#moveDivider();
    const anchor = this.#atEnd ? null : this.rows.firstBelow(this.log.scrollTop);
    this.rows.draw(this.#shownEntries(), this.#dividerAt);
    showPaidButtons(this.rows.node, this.view);
    if (!this.#drawn) this.#firstLook();
    else if (anchor?.node.isConnected) this.log.scrollTop += anchor.node.offsetTop - anchor.top;
    else if (this.#atEnd) this.#toEnd();
    this.#showEdges();
  }

  #isRead() {
    return this.#atEnd && !document.hidden && this.log.offsetParent !== null;
  }

  /** New messages that come while nobody looks go below a line. */
  #moveDivider() {
    if (this.#dividerAt === null && (!this.#drawn || !this.#isRead())) this.#dividerAt = firstUnread(this.view);
  }

  /** @returns {Entry[]} */
  #shownEntries() {
    const entries = this.#chat?.entries ?? [];
    if (this.#atEnd) this.#limit = MOST_ROWS;
    const reading = this.#atEnd ? 0 : this.#countFromFirst(entries);
    return entries.slice(-Math.min(this.#limit + MORE_WHILE_READING, Math.max(this.#limit, reading)));
  }

  /** How many entries there are from the first drawn one on. @param {Entry[]} entries */
  #countFromFirst(entries) {
    const first = this.rows.firstId;
    const place = first === undefined ? -1 : entries.findIndex((entry) => entry.message.message_id >= first);
    return place < 0 ? 0 : entries.length - place;
  }

  #firstLook() {
    this.#drawn = true;
    const divider = this.rows.node.querySelector(".new-line");
    this.#toEnd();
    divider?.scrollIntoView({ block: "start" });
    this.#atEnd = this.#distanceToEnd() < NEAR_END;
    // Only what comes from now on is news worth saying.
    requestAnimationFrame(() => this.log.setAttribute("aria-live", "polite"));
  }

  #distanceToEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight;
  }

  #scrolled() {
    this.#atEnd = this.#distanceToEnd() < NEAR_END;
    this.#showEdges();
  }

  #toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  /** What is above and below the part that is seen. */
  #showEdges() {
    if (this.#isRead()) readAll(this.view);
    const chat = this.#chat;
    this.earlier.hidden = !chat || !(chat.hasEarlier || chat.entries.length > this.rows.count);
    this.jump.hidden = this.#atEnd;
    const count = unreadCount(this.view);
    setText(this.jumpText, count ? `${count} new` : "Newest");
  }

  async #loadEarlier() {
    this.earlier.disabled = true;
    this.log.setAttribute("aria-live", "off");
    this.#atEnd = false;
    const shown = this.rows.count;
    await loadEarlier(this.view.chat, shown);
    this.#limit = shown + 100;
    this.earlier.disabled = false;
    this.update();
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), 500);
  }

  scrollToEnd() {
    this.#atEnd = true;
    this.update();
    this.log.focus({ preventScroll: true });
  }

  /** The person has sent something: what was new is read now. */
  sent() {
    this.#atEnd = true;
    this.#dividerAt = null;
    this.update();
  }

  /** @param {number} messageId */
  show(messageId) {
    const message = this.rows.message(messageId);
    if (!message) return false;
    message.scrollIntoView({ block: "center" });
    message.focus({ preventScroll: true });
    message.classList.add("shown");
    setTimeout(() => message.classList.remove("shown"), 1600);
    return true;
  }
}
