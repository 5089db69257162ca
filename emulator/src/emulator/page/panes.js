// @ts-check
/** The open chats side by side: as many as fit, the one with the focus always among them. */

import { byId, element, setText } from "./dom.js";
import { oncePerFrame } from "./frames.js";
import { open } from "./open_chats.js";
import { Pane } from "./pane.js";
import { panesThatFit } from "./room.js";
import { listen, state, viewKey } from "./store.js";

/** @type {Map<string, Pane>} */
const panes = new Map();
const row = element("div", { class: "panes" });
const empty = element("p", { class: "no-chat", hidden: true, text: "Choose a chat on the left." });
const draw = oncePerFrame(drawPanes);

export function startPanes() {
  byId("panes").append(row, empty);
  listen("open", () => {
    document.body.dataset.screen = open.screen;
    draw();
  });
  listen("forgotten", forget);
  new ResizeObserver(draw).observe(row);
}

function forget() {
  for (const pane of panes.values()) pane.dispose();
  panes.clear();
}

function drawPanes() {
  if (!state.loaded) return;
  removeClosed();
  open.views.forEach(putPane);
  const shown = shownPlaces();
  open.views.forEach((view, place) => showPane(viewKey(view), shown.has(place), place));
  empty.hidden = open.views.length > 0;
  setText(empty, state.people.size ? "Choose a chat." : "Nobody is here yet. Add a person to begin.");
}

function removeClosed() {
  const wanted = new Set(open.views.map(viewKey));
  for (const [key, pane] of panes) {
    if (wanted.has(key)) continue;
    pane.dispose();
    panes.delete(key);
  }
}

/** @param {import("./types").View} view @param {number} place */
function putPane(view, place) {
  const pane = panes.get(viewKey(view)) ?? addPane(view);
  if (row.children[place] !== pane.node) row.insertBefore(pane.node, row.children[place] ?? null);
}

/** @param {import("./types").View} view */
function addPane(view) {
  const pane = new Pane(view);
  panes.set(viewKey(view), pane);
  pane.update();
  return pane;
}

/** @returns {Set<number>} */
function shownPlaces() {
  const count = Math.max(1, Math.min(open.views.length, panesThatFit()));
  const first = Math.max(0, Math.min(open.focused - count + 1, open.views.length - count));
  return new Set(Array.from({ length: count }, (_, step) => first + step));
}

/** @param {string} key @param {boolean} shown @param {number} place */
function showPane(key, shown, place) {
  const pane = panes.get(key);
  if (!pane) return;
  pane.node.hidden = !shown;
  pane.markFocused(place === open.focused, open.views.length > 1);
  if (shown) pane.list.update();
}

/** @param {number} place @param {boolean} [toWrite] on a phone the keyboard would come up with it */
export function giveFocusToPane(place, toWrite = true) {
  const view = open.views[place];
  if (!view) return;
  drawPanes();
  panes.get(viewKey(view))?.focus(toWrite);
}
