// @ts-check
/** The few keys, and the dialog that tells them. */

import { openDialog } from "./dialogs.js";
import { byId, element, isTyping } from "./dom.js";
import { icon } from "./icons.js";
import { focusPane, open } from "./open_chats.js";
import { giveFocusToPane } from "./panes.js";

const KEPT_AS = "emulator.single_keys";

const KEYS = [
  ["Alt + 1, 2, 3", "Go to the first, second, third open chat"],
  ["/", "Write in the chat with the focus"],
  ["?", "This help"],
  ["↑ in an empty field", "Edit your last message"],
  ["↑ ↓ in a list", "Next chat, next message"],
  ["Shift + Enter", "A new line"],
  ["Esc", "Close what is open"],
];

export function startShortcuts() {
  byId("help-button").append(icon("help"));
  byId("help-button").title = "Help and shortcuts";
  byId("help-button").addEventListener("click", showHelp);
  document.addEventListener("keydown", pressed);
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (event.altKey && /^Digit[1-3]$/u.test(event.code)) act(event, () => goTo(Number(event.code.slice(5)) - 1));
  if (event.altKey || event.ctrlKey || event.metaKey || isTyping(event.target) || !singleKeysOn()) return;
  if (event.key === "/") act(event, () => giveFocusToPane(open.focused));
  if (event.key === "?") act(event, showHelp);
}

/** @param {KeyboardEvent} event @param {() => void} action */
function act(event, action) {
  event.preventDefault();
  action();
}

/** @param {number} place */
function goTo(place) {
  focusPane(place);
  giveFocusToPane(place);
}

function singleKeysOn() {
  return localStorage.getItem(KEPT_AS) !== "off";
}

function showHelp() {
  const list = element("dl", { class: "keys" });
  for (const [key, meaning] of KEYS) {
    list.append(element("div", {}, element("dt", {}, element("kbd", { text: key })), element("dd", { text: meaning })));
  }
  const about = element("p", {
    class: "dialog-text",
    text: "You play every person here; the bot is real. Nothing leaves this machine.",
  });
  openDialog("Help and shortcuts", [about, list, singleKeySwitch()]);
}

/** Single keys can disturb people who speak to their computer: WCAG 2.1.4 wants a way to turn them off. */
function singleKeySwitch() {
  const input = element("input", { type: "checkbox", role: "switch", class: "switch", checked: singleKeysOn() });
  input.addEventListener("change", () => localStorage.setItem(KEPT_AS, input.checked ? "on" : "off"));
  return element("label", { class: "switch-line" }, element("span", { text: "The single keys / and ? work" }), input);
}
