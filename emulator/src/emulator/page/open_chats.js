// @ts-check
/** Which chats are open, side by side, and which of them has the focus. Kept over a reload. */

import { announce, chatsOf, state, viewExists, viewKey } from "./store.js";

/** @typedef {import("./types").View} View */

const KEPT_AS = "emulator.open";
export const MOST_PANES = 3;
const WIDE_ENOUGH_FOR_TWO = 1000;

/** @type {{views: View[], focused: number, screen: "list"|"chat"}} */
export const open = { views: [], focused: 0, screen: "list" };

/** What was open before, as far as it still exists; otherwise the first two people. */
export function restoreOpenChats() {
  const kept = read();
  const views = (open.views.length ? open.views : (kept?.views ?? [])).filter(viewExists).slice(0, MOST_PANES);
  if (!open.views.length && kept) open.screen = kept.screen === "chat" && views.length ? "chat" : "list";
  open.views = views.length ? views : firstViews();
  open.focused = Math.min(open.views.length - 1, kept?.focused ?? 0);
  if (open.focused < 0) open.focused = 0;
  changed();
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEPT_AS) ?? "null");
  } catch {
    return null;
  }
}

function firstViews() {
  const wanted = innerWidth >= WIDE_ENOUGH_FOR_TWO ? 2 : 1;
  const people = [...state.people.keys()].filter((person) => chatsOf(person).length);
  return people.slice(0, wanted).map((person) => ({ person, chat: chatsOf(person)[0].info.id }));
}

function changed() {
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify(open));
  } catch {
    // Private windows may refuse; the page works without a memory.
  }
  announce("open");
}

/** @param {View} view */
export function placeOf(view) {
  return open.views.findIndex((other) => viewKey(other) === viewKey(view));
}

/** Shows the chat in the focused pane. @param {View} view */
export function openChat(view) {
  const place = placeOf(view);
  if (place >= 0) open.focused = place;
  else open.views.splice(open.focused, 1, view);
  showScreen("chat");
}

/** Shows the chat in a pane of its own. @param {View} view */
export function openBeside(view) {
  if (placeOf(view) >= 0) return openChat(view);
  if (open.views.length >= MOST_PANES) open.views.splice(open.focused === MOST_PANES - 1 ? 0 : MOST_PANES - 1, 1);
  open.views.push(view);
  open.focused = open.views.length - 1;
  showScreen("chat");
}

/** @param {View} view */
export function closeChat(view) {
  const place = placeOf(view);
  if (place < 0) return;
  open.views.splice(place, 1);
  if (open.focused >= place) open.focused = Math.max(0, open.focused - 1);
  if (!open.views.length) open.screen = "list";
  changed();
}

/** @param {number} place */
export function focusPane(place) {
  if (place === open.focused || !open.views[place]) return;
  open.focused = place;
  changed();
}

/** On a phone either the list or a chat is seen; the browser's own Back leads to the list.
 * @param {"list"|"chat"} screen */
export function showScreen(screen) {
  const stacked = matchMedia("(max-width: 719px)").matches;
  if (stacked && screen === "chat" && open.screen === "list") history.pushState({ screen: "chat" }, "");
  open.screen = screen;
  changed();
}

export function backToList() {
  if (history.state?.screen === "chat") history.back();
  else showScreen("list");
}

addEventListener("popstate", () => showScreen("list"));
