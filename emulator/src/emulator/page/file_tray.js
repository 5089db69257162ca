// @ts-check
/** Files that wait to be sent with the next message. */

import { element, freshId } from "./dom.js";
import { icon } from "./icons.js";
import { viewKey } from "./store.js";
import { sizeText } from "./times.js";

/** @typedef {"photo"|"document"} Kind */
/** @typedef {{file: File, kind: Kind, address: string|null, node: HTMLElement}} Waiting */

const PICTURES = ["image/jpeg", "image/png", "image/webp", "image/gif"];

/** @type {Map<string, {file: File, kind: Kind}[]>} what waits in chats that are not open */
const kept = new Map();

export function forgetKeptFiles() {
  kept.clear();
}

export class FileTray {
  /** @type {Waiting[]} */ files = [];

  #isDisposed = false;

  /** @param {import("./types").View} view @param {() => void} onChange */
  constructor(view, onChange) {
    this.key = viewKey(view);
    this.onChange = onChange;
    this.node = element("div", { class: "tray", hidden: true, role: "group", "aria-label": "Files to send" });
    for (const { file, kind } of kept.get(this.key) ?? []) this.add([file], kind === "photo");
    kept.delete(this.key);
  }

  /** @param {File[]} files @param {boolean} asPicture what images are sent as, unless chosen otherwise */
  add(files, asPicture) {
    for (const file of files) this.#addFile(file, asPicture);
    this.node.hidden = !this.files.length;
    if (this.#isDisposed) this.#keep();
  }

  /** @param {File} file @param {boolean} asPicture */
  #addFile(file, asPicture) {
    const isPicture = PICTURES.includes(file.type);
    /** @type {Waiting} */
    const waiting = {
      file,
      kind: isPicture && asPicture ? "photo" : "document",
      address: isPicture ? URL.createObjectURL(file) : null,
      node: element("div", { class: "tray-file" }),
    };
    const remove = element(
      "button",
      { type: "button", class: "mini-button", "aria-label": `Remove ${file.name}`, click: () => this.#remove(waiting) },
      icon("close"),
    );
    const name = element(
      "span",
      { class: "tray-name" },
      element("span", { class: "card-title", dir: "auto", title: file.name, text: file.name }),
      element("span", { class: "card-detail", text: sizeText(file.size) }),
    );
    const words = element("div", { class: "tray-words" }, name, isPicture ? choice(waiting) : "");
    waiting.node.append(preview(waiting), words, remove);
    this.files.push(waiting);
    this.node.append(waiting.node);
  }

  /** @param {Waiting} waiting */
  #remove(waiting) {
    this.files = this.files.filter((other) => other !== waiting);
    this.#forget(waiting);
    this.onChange();
  }

  /** @param {Waiting} waiting */
  #forget(waiting) {
    if (waiting.address) URL.revokeObjectURL(waiting.address);
    waiting.node.remove();
    this.node.hidden = !this.files.length;
  }

  /** Hands the files over and is empty then. */
  take() {
    const taken = this.files;
    this.files = [];
    for (const waiting of taken) this.#forget(waiting);
    return taken;
  }

  /** The chat is closed; its files wait until it is opened again. */
  dispose() {
    this.#isDisposed = true;
    this.#keep();
  }

  #keep() {
    const files = this.take().map(({ file, kind }) => ({ file, kind }));
    if (files.length) kept.set(this.key, [...(kept.get(this.key) ?? []), ...files]);
  }
}

/** @param {Waiting} waiting */
function preview({ address }) {
  if (!address) return element("span", { class: "card-badge" }, icon("document"));
  return element("img", { class: "tray-picture", src: address, alt: "", width: 44, height: 44 });
}

/** @param {Waiting} waiting */
function choice(waiting) {
  const group = freshId("kind");
  const option = (/** @type {Kind} */ kind, /** @type {string} */ text) => {
    const radio = element("input", {
      type: "radio",
      name: group,
      value: kind,
      checked: waiting.kind === kind,
      change: () => {
        waiting.kind = kind;
      },
    });
    return element("label", { class: "tray-option" }, radio, text);
  };
  return element(
    "div",
    { class: "tray-choice", role: "radiogroup", "aria-label": "Send" },
    option("photo", "as picture"),
    option("document", "as file"),
  );
}
