// @ts-check
/** Texts that are not sent yet, kept over a reload. */

import { viewKey } from "./store.js";

/** @typedef {import("./types").View} View */

const KEPT_AS = "emulator.draft.";

/** @param {View} view */
const keptAs = (view) => KEPT_AS + viewKey(view);

/** @param {View} view */
export function draftOf(view) {
  return sessionStorage.getItem(keptAs(view)) ?? "";
}

/** @param {View} view @param {string} text */
export function keepDraft(view, text) {
  if (text) sessionStorage.setItem(keptAs(view), text);
  else sessionStorage.removeItem(keptAs(view));
}

/** @param {View[]} but views whose drafts stay */
export function forgetKeptDrafts(but) {
  const staying = new Set(but.map(keptAs));
  const gone = Object.keys(sessionStorage).filter((key) => key.startsWith(KEPT_AS) && !staying.has(key));
  for (const key of gone) sessionStorage.removeItem(key);
}
