// @ts-check

import { byId } from "./dom.js";
import { MOST_PANES, open } from "./open_chats.js";

const LEAST_WIDTH = 320;

/** How many panes fit side by side, at least one. */
export function panesThatFit() {
  return Math.max(1, Math.floor(byId("panes").clientWidth / LEAST_WIDTH));
}

/** Whether one more pane would fit beside those that are open. */
export function hasRoomBeside() {
  return open.views.length < Math.min(MOST_PANES, panesThatFit());
}
