// @ts-check
/** Texts that are not sent yet, kept over a reload. */

import { viewKey } from "./store.js";

/** @typedef {import("./types").View} View */

/** @param {View} view */
const keptAs = (view) => `emulator.draft.${viewKey(view)}`;

/** @param {View} view */
export function draftOf(view) {
  return sessionStorage.getItem(keptAs(view)) ?? "";
}

/** @param {View} view @param {string} text */
export function keepDraft(view, text) {
  if (text) sessionStorage.setItem(keptAs(view), text);
  else sessionStorage.removeItem(keptAs(view));
}
