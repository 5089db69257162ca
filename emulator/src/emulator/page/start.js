// @ts-check

import { element } from "./dom.js";
import { avatar } from "./names.js";
import { state } from "./store.js";

/** What is seen before the person has pressed Start. */
export function startCard() {
  const description = state.botDescription || "Press Start to begin.";
  return element(
    "div",
    { class: "start-card" },
    avatar(state.bot.first_name, state.bot.id),
    element("h3", { text: "What can this bot do?" }),
    element("p", { text: description }),
  );
}
