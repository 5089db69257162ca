// @ts-check
/** Who has read what: the marks on the server, and what this page has just told it. */

import * as api from "./api.js";
import { announce, listen, state, viewKey } from "./store.js";

/** @typedef {import("./types").View} View */

/** @type {Map<string, number>} told to the server, its echo maybe still on the way */
const told = new Map();

listen("snapshot", () => told.clear());

/** @param {View} view */
export function readUpTo(view) {
  const mark = state.chats.get(view.chat)?.read[String(view.person)] ?? 0;
  return Math.max(mark, told.get(viewKey(view)) ?? 0);
}

/** The messages that the person has not seen, newest first. @param {View} view */
function unread(view) {
  const entries = state.chats.get(view.chat)?.entries ?? [];
  const mark = readUpTo(view);
  let place = entries.length;
  while (place > 0 && entries[place - 1].message.message_id > mark) place -= 1;
  return entries.slice(place).filter((entry) => entry.from_person !== view.person);
}

/** @param {View} view */
export const unreadCount = (view) => unread(view).length;

/** @param {View} view @returns {number|null} message_id */
export const firstUnread = (view) => unread(view)[0]?.message.message_id ?? null;

/** @param {View} view */
export function readAll(view) {
  const newest = state.chats.get(view.chat)?.entries.at(-1)?.message.message_id;
  if (newest === undefined || !unreadCount(view)) return;
  told.set(viewKey(view), newest);
  announce("reads", view);
  // A mark that did not arrive is made good by the next one; trying at once would only add to the trouble.
  api.markRead(view, newest).catch(() => {});
}
