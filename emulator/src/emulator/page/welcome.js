// @ts-check
/** What a newcomer can try; gone for good when dismissed. */

import { byId, element } from "./dom.js";
import { icon } from "./icons.js";
import { listen, state } from "./store.js";

const KEPT_AS = "emulator.welcomed";

export function startWelcome() {
  listen("snapshot", show);
}

function show() {
  const known = document.querySelector(".welcome");
  const wanted = state.greeting && localStorage.getItem(KEPT_AS) !== state.greeting;
  if (known || !wanted) return;
  const close = element(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Dismiss the welcome" },
    icon("close"),
  );
  const card = element(
    "section",
    { class: "welcome", "aria-label": "Welcome", tabindex: "0" },
    element("p", { text: state.greeting }),
    close,
  );
  close.addEventListener("click", () => dismiss(card));
  byId("panes").before(card);
}

/** @param {HTMLElement} card */
function dismiss(card) {
  localStorage.setItem(KEPT_AS, state.greeting);
  card.remove();
  byId("panes").focus();
}
