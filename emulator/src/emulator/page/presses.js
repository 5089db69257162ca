// @ts-check
/** Presses of inline buttons, and payments, that wait for the bot's answer. */

import * as api from "./api.js";
import { announce, listen } from "./store.js";

/** @typedef {import("./types").View} View */
/** @typedef {{view: View, timer: number, id?: number}} Press */

const PATIENCE = 15_000;

/** @type {Map<string, Press>} by the key of the button */
const waiting = new Map();
/** @type {Set<number>} answers that were quicker than the server's reply to the press itself */
const early = new Set();

/** @param {View} view @param {number} messageId @param {string} data */
export const pressKey = (view, messageId, data) => `${view.person}:${view.chat}:${messageId}:${data}`;

/** @param {string} key */
export const isWaiting = (key) => waiting.has(key);

/** @param {View} view @param {number} messageId @param {string} data */
export function pressButton(view, messageId, data) {
  return start(pressKey(view, messageId, data), view, () => api.press(view, messageId, data));
}

/** @param {View} view @param {number} messageId */
export function payInvoice(view, messageId) {
  return start(pressKey(view, messageId, "pay"), view, () => api.pay(view, messageId));
}

/** @param {string} key @param {View} view @param {() => Promise<any>} tell */
async function start(key, view, tell) {
  if (waiting.has(key)) return;
  const timer = window.setTimeout(() => finish(key, "The bot did not answer."), PATIENCE);
  /** @type {Press} */ const press = { view, timer };
  waiting.set(key, press);
  announce("presses");
  try {
    press.id = (await tell()).id;
    if (press.id !== undefined && early.delete(press.id)) finish(key);
  } catch (error) {
    finish(key, error instanceof Error ? error.message : String(error));
  }
}

/** @param {string} key @param {string} [problem] */
function finish(key, problem) {
  const press = waiting.get(key);
  if (!press) return;
  clearTimeout(press.timer);
  waiting.delete(key);
  announce("presses");
  if (problem) announce("press_failed", { view: press.view, problem });
}

listen("callback_answer", ({ id }) => {
  const key = [...waiting].find(([, press]) => press.id === id)?.[0];
  if (key) finish(key);
  else remember(id);
});

/** @param {number} id */
function remember(id) {
  early.add(id);
  setTimeout(() => early.delete(id), PATIENCE);
}

listen("pre_checkout_answer", ({ person_id: person, chat_id: chat, message_id: messageId }) => {
  finish(pressKey({ person, chat }, messageId, "pay"));
});
