// @ts-check
/** The bot's commands. The focus stays in the field; which command is chosen is told by aria-activedescendant. */

import { element, freshId } from "./dom.js";
import { state } from "./store.js";

/** @typedef {import("./types").Command} Command */
/** @typedef {import("./types").View} View */

export class CommandMenu {
  /** @type {Command[]} */ #shown = [];
  #active = 0;

  /** @param {View} view @param {HTMLTextAreaElement} input
   * @param {(text: string) => void} send @param {() => void} changed */
  constructor(view, input, send, changed) {
    this.view = view;
    this.input = input;
    this.send = send;
    this.changed = changed;
    this.id = freshId("commands");
    this.list = element("div", { class: "command-list", id: this.id, role: "listbox", "aria-label": "Commands" });
    this.status = element("p", { class: "visually-hidden", role: "status" });
    this.node = element("div", { class: "command-menu" }, this.list, this.status);
    this.button = element("button", {
      type: "button",
      class: "slash-button",
      "aria-label": "Commands",
      "aria-expanded": "false",
      title: "Commands",
      text: "/",
    });
    this.#connect();
  }

  #connect() {
    const { input } = this;
    for (const [name, value] of Object.entries({ "aria-autocomplete": "list", "aria-haspopup": "listbox" }))
      input.setAttribute(name, value);
    this.list.hidden = true;
    this.button.addEventListener("click", () => this.#toggle());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.input.addEventListener("blur", () => this.#close());
    this.button.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  get #commands() {
    return state.people.get(this.view.person)?.commands ?? [];
  }

  draw() {
    this.button.hidden = !this.#commands.length;
    if (!this.list.hidden) this.filter();
  }

  #toggle() {
    const wasShown = !this.list.hidden;
    this.input.focus();
    if (wasShown) return this.#close();
    if (!this.input.value) this.input.value = "/";
    this.changed();
    if (this.list.hidden) this.#show(this.#commands);
  }

  /** Shows the commands that begin like the text in the field. */
  filter() {
    const typed = /^\/(\w*)$/u.exec(this.input.value)?.[1].toLowerCase();
    if (typed === undefined || document.activeElement !== this.input) return this.#close();
    this.#show(this.#commands.filter(({ command }) => command.startsWith(typed)));
  }

  /** @param {Command[]} commands */
  #show(commands) {
    this.#shown = commands;
    this.list.replaceChildren(...commands.map((command, place) => this.#option(command, place)));
    this.list.hidden = !commands.length;
    this.button.setAttribute("aria-expanded", String(!this.list.hidden));
    this.status.textContent = commands.length === 1 ? "1 command" : `${commands.length} commands`;
    if (!commands.length) return this.#close();
    this.input.setAttribute("aria-controls", this.id);
    const typed = this.input.value.slice(1);
    const exact = commands.findIndex(({ command }) => command === typed);
    this.#choose(Math.max(0, exact));
  }

  /** @param {Command} command @param {number} place */
  #option(command, place) {
    const name = element("span", { class: "command-name", text: `/${command.command}` });
    const words = element("span", { class: "command-words", text: command.description });
    const option = element(
      "div",
      { class: "command", role: "option", id: `${this.id}-${place}`, "aria-selected": "false" },
      name,
      " ",
      words,
    );
    option.addEventListener("click", () => this.#take(place));
    return option;
  }

  /** @param {number} place */
  #choose(place) {
    this.#active = (place + this.#shown.length) % this.#shown.length;
    [...this.list.children].forEach((option, other) =>
      option.setAttribute("aria-selected", String(other === this.#active)),
    );
    const option = this.list.children[this.#active];
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  #close() {
    this.list.hidden = true;
    this.status.textContent = "";
    this.button.setAttribute("aria-expanded", "false");
    for (const name of ["aria-controls", "aria-activedescendant"]) this.input.removeAttribute(name);
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was for the menu */
  key(event) {
    if (this.list.hidden) return false;
    const action = /** @type {Record<string, () => void>} */ ({
      ArrowDown: () => this.#choose(this.#active + 1),
      ArrowUp: () => this.#choose(this.#active - 1),
      Enter: () => this.#take(this.#active),
      Tab: () => this.#complete(),
      Escape: () => this.#close(),
    })[event.key];
    if (!action || event.shiftKey) return false;
    event.preventDefault();
    event.stopPropagation();
    action();
    return true;
  }

  /** @param {number} place */
  #take(place) {
    const text = `/${this.#shown[place].command}`;
    this.#close();
    if (this.input.value.startsWith("/")) this.#write("");
    this.send(text);
  }

  #complete() {
    this.#write(`/${this.#shown[this.#active].command} `);
    this.#close();
  }

  /** @param {string} text */
  #write(text) {
    this.input.value = text;
    this.changed();
  }
}
