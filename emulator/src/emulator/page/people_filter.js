// @ts-check
/** A field above the list, where people are too many to look through. */

import { element } from "./dom.js";
import { fullName } from "./names.js";
import { chatsOf, state } from "./store.js";

const MANY = 12;

export class PeopleFilter {
  /** @param {HTMLElement} list its children are people @param {() => void} onChange */
  constructor(list, onChange) {
    this.list = list;
    this.input = element("input", {
      type: "search",
      class: "people-filter",
      "aria-label": "Filter people",
      placeholder: "Filter people",
      autocomplete: "off",
    });
    this.nobody = element("p", { class: "people-none", hidden: true, text: "Nobody is called that." });
    this.status = element("div", { role: "status" }, this.nobody);
    this.node = element("div", { class: "people-search", hidden: true }, this.input, this.status);
    this.input.addEventListener("input", () => {
      this.#apply();
      onChange();
    });
  }

  draw() {
    const isShown = this.list.querySelectorAll(".chat-item").length > MANY;
    if (!isShown) this.input.value = "";
    this.node.hidden = !isShown;
    this.#apply();
  }

  #apply() {
    const wanted = this.input.value.trim().toLocaleLowerCase();
    let found = false;
    for (const line of /** @type {HTMLElement[]} */ ([...this.list.children])) {
      const matches = !wanted || wordsOf(Number(line.id.slice(7))).includes(wanted);
      if (line.hidden === matches) line.hidden = !matches;
      found ||= matches;
    }
    this.nobody.hidden = found;
  }
}

/** What a person can be found by. @param {number} id */
function wordsOf(id) {
  const person = state.people.get(id);
  const groups = chatsOf(id).map(({ info }) => info.title ?? "");
  return [fullName(person), `@${person?.username ?? ""}`, ...groups].join("\n").toLocaleLowerCase();
}
