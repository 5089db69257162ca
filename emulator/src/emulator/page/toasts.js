// @ts-check
/** Short notes that go away by themselves: one place for the page, one in each pane. */

import { byId, element } from "./dom.js";

const SECONDS = 5;

/** @param {HTMLElement} place a live region @param {string} text @param {Node} [extra] */
export function toast(place, text, extra) {
  const node = element("div", { class: "toast" }, element("span", { dir: "auto" }, text), extra);
  place.append(node);
  while (place.children.length > 3) place.firstElementChild?.remove();
  // Longer texts stay longer.
  setTimeout(() => node.remove(), SECONDS * 1000 + text.length * 40);
}

/** @param {string} text */
export function pageToast(text) {
  toast(byId("page-toasts"), text);
}

/** Says what went wrong. @param {unknown} error */
export function report(error) {
  pageToast(error instanceof Error ? error.message : String(error));
}
