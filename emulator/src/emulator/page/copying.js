// @ts-check

import { element } from "./dom.js";
import { icon } from "./icons.js";
import { pageToast } from "./toasts.js";

/** @param {string} text */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    pageToast("Copied.");
  } catch {
    pageToast("Your browser did not allow copying.");
  }
}

/** @param {string} text @param {string} name */
export function copyButton(text, name) {
  const button = element(
    "button",
    { type: "button", class: "mini-button", "aria-label": name, title: name },
    icon("copy"),
  );
  button.addEventListener("click", () => copyText(text));
  return button;
}
