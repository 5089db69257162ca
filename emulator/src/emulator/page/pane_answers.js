// @ts-check
/** The bot's answers to presses and payments, shown in the pane of the person who pressed. */

import { showAlert } from "./dialogs.js";
import { element } from "./dom.js";
import { safeAddress } from "./formatting.js";
import { isolated } from "./names.js";
import { listen, state } from "./store.js";

/** @typedef {import("./types").View} View */
/** @typedef {(text: string, extra?: Node) => void} Say */

/** @param {View} view @param {Say} say @returns {() => void} stops listening */
export function listenToAnswers(view, say) {
  const isOurs = (/** @type {any} */ news) =>
    news.person_id === view.person && (news.chat_id ?? view.chat) === view.chat;
  const stops = [
    listen("callback_answer", (answer) => isOurs(answer) && showAnswer(answer, say)),
    listen(
      "pre_checkout_answer",
      (answer) => isOurs(answer) && !answer.ok && showAlert("Payment refused", answer.error_message),
    ),
    listen(
      "press_failed",
      ({ view: of, problem }) => of.person === view.person && of.chat === view.chat && say(problem),
    ),
  ];
  return () => stops.forEach((stop) => stop());
}

/** @param {{text: string, show_alert: boolean, url: string}} answer @param {Say} say */
function showAnswer({ text, show_alert: asAlert, url }, say) {
  const address = url ? safeAddress(url) : null;
  if (asAlert && text) showAlert(`${isolated(state.bot.first_name)} says`, text);
  else if (text) say(text);
  if (address)
    say(
      "The bot wants to open a page:",
      element("a", { href: address, target: "_blank", rel: "noopener noreferrer", text: address }),
    );
}
