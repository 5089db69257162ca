// @ts-check
/** The buttons under a message. */

import { copyText } from "./copying.js";
import { element, setText } from "./dom.js";
import { safeAddress } from "./formatting.js";
import { icon } from "./icons.js";
import { moneyText } from "./money.js";
import { isPaid } from "./paid.js";
import { isWaiting, payInvoice, pressButton, pressKey } from "./presses.js";

/** @typedef {import("./types").InlineButton} InlineButton */
/** @typedef {import("./types").Message} Message */
/** @typedef {import("./types").View} View */

/** @param {Message} message @param {View} view @returns {HTMLElement|null} */
export function inlineKeyboard(message, view) {
  const rows = message.reply_markup?.inline_keyboard ?? (message.invoice ? [[payButtonOf(message)]] : []);
  if (!rows.some((row) => row.length)) return null;
  const build = (/** @type {InlineButton} */ button) => inlineButton(button, message, view);
  const lines = rows.map((row) => element("div", { class: "inline-row" }, ...row.map(build)));
  return element("div", { class: "inline-keyboard", role: "group", "aria-label": "Buttons" }, ...lines);
}

/** An invoice without buttons gets one. @param {Message} message @returns {InlineButton} */
function payButtonOf(message) {
  return { text: `Pay ${moneyText(/** @type {import("./types").Invoice} */ (message.invoice))}`, pay: true };
}

/** @param {InlineButton} button @param {Message} message @param {View} view */
function inlineButton(button, message, view) {
  const { callback_data: data, copy_text: copy } = button;
  if (data !== undefined)
    return waitingButton(button.text, pressKey(view, message.message_id, data), () =>
      pressButton(view, message.message_id, data),
    );
  if (button.pay) return payButton(button.text, message, view);
  if (copy) return plainButton(button.text, "copy", () => copyText(copy.text));
  const address = button.url ? safeAddress(button.url) : null;
  return address ? linkButton(button.text, address) : unsupportedButton(button.text);
}

/** @param {string} text @param {Message} message @param {View} view */
function payButton(text, message, view) {
  const id = message.message_id;
  const node = waitingButton(text, pressKey(view, id, "pay"), () => payInvoice(view, id));
  node.dataset.pay = String(id);
  return node;
}

/** An invoice is paid once. @param {ParentNode} place @param {View} view */
export function showPaidButtons(place, view) {
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (place.querySelectorAll("[data-pay]:not(:disabled)"));
  for (const button of buttons) if (isPaid(view, Number(button.dataset.pay))) showPaid(button);
}

/** @param {HTMLButtonElement} button */
function showPaid(button) {
  if (button === document.activeElement) button.closest("article")?.focus({ preventScroll: true });
  button.disabled = true;
  setText(/** @type {Element} */ (button.querySelector(".inline-label")), "Paid");
}

/** @param {string} text @param {string} key @param {() => void} act */
function waitingButton(text, key, act) {
  const label = element("span", { class: "inline-label" }, text);
  const spinner = element("span", { class: "spinner", "aria-hidden": "true" });
  const node = element(
    "button",
    { type: "button", class: "inline-button", "data-press": key, click: act },
    label,
    spinner,
  );
  showWaiting(node);
  return node;
}

/** @param {string} text @param {import("./icons").IconName} sign @param {() => void} act */
function plainButton(text, sign, act) {
  return element(
    "button",
    { type: "button", class: "inline-button", click: act },
    element("span", { class: "inline-label" }, text),
    icon(sign),
  );
}

/** @param {string} text @param {string} address */
function linkButton(text, address) {
  const attributes = {
    class: "inline-button",
    href: address,
    target: "_blank",
    rel: "noopener noreferrer",
    title: address,
  };
  return element("a", attributes, element("span", { class: "inline-label" }, text), icon("link"));
}

/** @param {string} text */
function unsupportedButton(text) {
  const attributes = {
    type: "button",
    class: "inline-button",
    disabled: true,
    title: "The emulator does not support this kind of button.",
  };
  return element("button", attributes, element("span", { class: "inline-label" }, text));
}

/** @param {HTMLElement} button */
function showWaiting(button) {
  const waits = isWaiting(button.dataset.press ?? "");
  button.classList.toggle("waiting", waits);
  if (waits) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
}

/** @param {ParentNode} place */
export function showWaitingButtons(place) {
  for (const button of place.querySelectorAll("[data-press]")) showWaiting(/** @type {HTMLElement} */ (button));
}
