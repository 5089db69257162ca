// @ts-check
/** Where a person writes. Sending goes one after the other; what could not be sent comes back into the field. */

import * as api from "./api.js";
import { element, focusOpensKeyboard, setText } from "./dom.js";
import { attachButton } from "./attach_button.js";
import { CommandMenu } from "./command_menu.js";
import { ContextBar } from "./context_bar.js";
import { draftOf, keepDraft } from "./drafts.js";
import { FileTray } from "./file_tray.js";
import { icon } from "./icons.js";
import { fileProblems, MOST_IN_CAPTION, MOST_IN_TEXT, tooManyText } from "./limits.js";
import { firstName, isolated, partnerName } from "./names.js";
import { OtherwiseBar } from "./otherwise_bar.js";
import { ReplyKeyboard } from "./reply_keyboards.js";
import { state } from "./store.js";

/** @typedef {import("./types").Entry} Entry */
/** @typedef {import("./types").View} View */

const HIGHEST = 180;

export class Composer {
  /** @type {Promise<void>} */ #queue = Promise.resolve();

  /** @param {View} view @param {() => void} onSent */
  constructor(view, onSent) {
    this.view = view;
    this.onSent = onSent;
    this.input = element("textarea", {
      class: "composer-input",
      rows: 1,
      dir: "auto",
      autocomplete: "off",
      enterkeyhint: "send",
    });
    this.context = new ContextBar(() => this.#contextClosed());
    this.tray = new FileTray(view, () => this.input.focus());
    this.commands = new CommandMenu(
      view,
      this.input,
      (text) => this.send(text),
      () => this.#typed(),
    );
    this.keyboard = new ReplyKeyboard(
      view,
      (text) => this.send(text),
      (doing) => this.#attempt(doing),
      () => !focusOpensKeyboard() && this.input.focus(),
    );
    this.otherwise = new OtherwiseBar(view, () => this.send("/start"));
    this.problem = element("p", { class: "send-problem", role: "alert", hidden: true });
    this.form = this.#form();
    this.node = element("footer", { class: "composer-area" }, this.problem, this.otherwise.node, this.form);
    this.input.value = draftOf(view);
    this.#listen();
  }

  #form() {
    const sendButton = element("button", { type: "submit", class: "send-button", "aria-label": "Send" }, icon("send"));
    const attach = attachButton(
      this.view,
      (files, asPicture) => this.#addFiles(files, asPicture),
      (doing) => this.#attempt(doing),
    );
    const field = element("div", { class: "composer-field" }, this.commands.button, this.input, this.keyboard.toggle);
    const line = element("div", { class: "composer-line" }, attach, field, sendButton);
    return element(
      "form",
      { class: "composer" },
      this.context.node,
      this.tray.node,
      this.commands.node,
      this.keyboard.node,
      line,
    );
  }

  #listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("paste", (event) => this.#pasted(event));
    requestAnimationFrame(() => this.#grow());
  }

  draw() {
    const chat = state.chats.get(this.view.chat);
    const usual = this.otherwise.draw();
    this.form.hidden = !usual;
    this.input.setAttribute("aria-label", this.#name());
    this.commands.draw();
    this.context.update(chat?.entries ?? []);
    const placeholder = this.keyboard.draw(chat?.entries ?? [], this.#asksForReply);
    this.input.placeholder = placeholder ?? `Message as ${isolated(firstName(this.view.person))}`;
  }

  #name() {
    const place = this.view.chat > 0 ? "" : ` in ${isolated(partnerName(this.view))}`;
    return `Message as ${isolated(firstName(this.view.person))}${place}`;
  }

  /** The bot wants an answer to its message. @param {Entry} entry */
  #asksForReply = (entry) => {
    this.context.showReply(entry, this.view);
    const elsewhere =
      document.activeElement?.closest(".pane") && !this.node.parentElement?.contains(document.activeElement);
    if (!focusOpensKeyboard() && !elsewhere) this.input.focus();
  };

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || this.commands.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) this.#pressed(event, () => this.#submit());
    else if (event.key === "ArrowUp" && !this.input.value) this.#pressed(event, () => this.#editLast());
    else if (event.key === "Escape" && this.context.isShown) this.#pressed(event, () => this.context.close());
  }

  /** @param {Event} event @param {() => void} action */
  #pressed(event, action) {
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  #typed() {
    this.#grow();
    this.commands.filter();
    if (!this.context.editing) keepDraft(this.view, this.input.value);
    this.#complain(this.#tooMany());
  }

  /** How many characters too many there are, in words, or nothing. */
  #tooMany() {
    const isCaption = this.tray.files.length > 0 && !this.context.editing;
    return tooManyText(this.input.value.trim(), isCaption ? MOST_IN_CAPTION : MOST_IN_TEXT);
  }

  #grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(HIGHEST, this.input.scrollHeight)}px`;
  }

  /** @param {string} text */
  #write(text) {
    this.input.value = text;
    this.#typed();
  }

  /** @param {ClipboardEvent} event */
  #pasted(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length) this.#pressed(event, () => this.#addFiles(files, true));
  }

  /** @param {File[]} files @param {boolean} asPicture */
  #addFiles(files, asPicture) {
    const { good, problems } = fileProblems(files);
    this.tray.add(good, asPicture);
    this.#complain(problems || this.#tooMany());
    if (!focusOpensKeyboard()) this.input.focus();
  }

  /** Whether files can be attached now. */
  get takesFiles() {
    return !this.form.hidden;
  }

  /** @param {File[]} files dropped anywhere in the pane */
  dropped(files) {
    if (this.takesFiles) this.#addFiles(files, true);
  }

  #submit() {
    const text = this.input.value.trim();
    const problem = this.#tooMany();
    if (problem) this.#complain(problem);
    else if (this.context.editing) this.#sendEdit(this.context.editing, text);
    else if (this.tray.files.length) this.#sendFiles(text);
    else if (text) this.#sendTyped(text);
  }

  /** The message that is answered; the bar above the field is closed then. */
  #takeReply() {
    const replyTo = this.context.replyTo?.message.message_id;
    this.context.close();
    return replyTo;
  }

  /** @param {string} text */
  #sendTyped(text) {
    const replyTo = this.#takeReply();
    this.#write("");
    this.#attempt(
      () => api.sendMessage(this.view, text, replyTo),
      () => this.#giveBack(text),
    );
  }

  /** @param {Entry} entry @param {string} text */
  #sendEdit(entry, text) {
    if (!text) return;
    if (text === entry.message.text) return this.context.close();
    this.#attempt(() => api.editMessage(this.view, entry.message.message_id, text).then(() => this.context.close()));
  }

  /** @param {string} caption */
  #sendFiles(caption) {
    const replyTo = this.#takeReply();
    const files = this.tray.take();
    this.#write("");
    files.forEach(({ file, kind }, place) => {
      const words = place === 0 ? caption : "";
      this.#attempt(
        () => api.sendFile(this.view, file, kind, words, replyTo),
        () => {
          this.tray.add([file], kind === "photo");
          this.#giveBack(words);
        },
      );
    });
  }

  /** @param {string} text */
  #giveBack(text) {
    this.#write([text, this.input.value].filter(Boolean).join("\n"));
  }

  /** Does one thing after the other. @param {() => Promise<unknown>} doing @param {() => void} [failed] */
  #attempt(doing, failed) {
    this.#complain("");
    this.#queue = this.#queue.then(doing).then(
      () => this.onSent(),
      (error) => {
        failed?.();
        this.#complain(`Not sent: ${error.message}`);
      },
    );
  }

  /** @param {string} text */
  #complain(text) {
    this.problem.hidden = !text;
    setText(this.problem, text);
  }

  /** Sends what was chosen rather than typed: a command, or a key of a keyboard. @param {string} text */
  send(text) {
    const replyTo = this.#takeReply();
    this.#attempt(
      () => api.sendMessage(this.view, text, replyTo),
      () => this.input.value || this.#giveBack(text),
    );
  }

  /** @param {Entry} entry */
  replyTo(entry) {
    this.context.showReply(entry, this.view);
    this.input.focus();
  }

  /** @param {Entry} entry */
  edit(entry) {
    this.context.showEdit(entry);
    this.#write(entry.message.text ?? "");
    this.input.focus();
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }

  #editLast() {
    const entries = state.chats.get(this.view.chat)?.entries ?? [];
    const last = entries.findLast((entry) => entry.from_person === this.view.person && entry.message.text);
    if (last) this.edit(last);
  }

  #contextClosed() {
    this.#write(draftOf(this.view));
  }

  focus() {
    if (this.form.hidden) this.otherwise.focus();
    else this.input.focus();
  }

  dispose() {
    this.tray.dispose();
  }
}
