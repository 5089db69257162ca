// @ts-check
/** An emulator that was started anew knows nothing of what was written before. */

import { forgetKeptDrafts } from "./drafts.js";
import { forgetKeptFiles } from "./file_tray.js";
import { open } from "./open_chats.js";
import { listen } from "./store.js";
import { pageToast } from "./toasts.js";

const KEPT_AS = "emulator.run";

export function startNewRuns() {
  listen("new_run", startedAnew);
}

/** @param {string} run */
function startedAnew(run) {
  const known = sessionStorage.getItem(KEPT_AS);
  sessionStorage.setItem(KEPT_AS, run);
  if (!known || known === run) return;
  // What stands in a field on the screen, perhaps given back when it could not be sent, stays there.
  forgetKeptDrafts(open.views);
  forgetKeptFiles();
  pageToast("The emulator has started anew; what was written before is gone.");
}
