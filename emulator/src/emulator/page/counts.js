// @ts-check
/** The numbers that show whether anything was lost. */

import { element, setText } from "./dom.js";
import { atMostEvery } from "./frames.js";
import { receivingNow } from "./page_status.js";
import { listen, state } from "./store.js";

/** @typedef {import("./types").Counts} Counts */

/** @type {[keyof Counts, string, string][]} */
const NUMBERS = [
  ["sent", "sent", "Updates that people have made"],
  ["waiting", "waiting", "Not confirmed by the bot yet"],
  ["confirmed", "received", "Confirmed by the bot: received for good"],
  ["redelivered", "redelivered", "Handed to the bot more than once"],
  ["calls", "calls", "Calls of the bot, getUpdates apart"],
  ["failed", "failed", "Calls that failed on purpose"],
  ["retried", "retried", "Failed calls that the bot made again"],
  ["messages", "answers", "Messages that the bot has sent"],
];

// Often enough to follow, seldom enough to be listened to.
const SAID_EVERY = 1500;

/** @param {HTMLElement} place */
export function startCounts(place) {
  const sentence = element("p", { class: "counts-sentence", role: "status" });
  const receiving = element("p", { class: "counts-receiving" });
  const numbers = NUMBERS.map(numberNode);
  place.append(sentence, receiving, element("dl", { class: "numbers" }, ...numbers.map(({ node }) => node)));
  const say = atMostEvery(SAID_EVERY, () => state.counts && setText(sentence, sentenceOf(state.counts)));
  listen("counts", () => {
    if (!state.counts) return;
    for (const { name, value } of numbers) setText(value, (state.counts[name] ?? 0).toLocaleString());
    setText(receiving, receivingText(state.counts));
    place.classList.toggle("some-waiting", state.counts.waiting > 0);
    say();
  });
  listen("faults", () => state.counts && setText(receiving, receivingText(state.counts)));
}

/** @param {[keyof Counts, string, string]} number */
function numberNode([name, label, meaning]) {
  const value = element("dd", { text: "0" });
  return {
    name,
    value,
    node: element("div", { class: `number number-${name}`, title: meaning }, element("dt", { text: label }), value),
  };
}

/** @param {Counts} counts */
function receivingText({ failed_polls: failed }) {
  const how = receivingNow()?.long ?? "";
  return failed ? `${how} ${failed.toLocaleString()} ${failed === 1 ? "poll" : "polls"} failed.` : how;
}

/** @param {Counts} counts */
function sentenceOf({ sent, confirmed, waiting, expired }) {
  const lost = expired ? ` ${expired} expired: the bot did not fetch them in time.` : "";
  if (!sent) return "Nothing was sent yet.";
  if (waiting) return `${sent} sent, ${confirmed} received, ${waiting} waiting.${lost || " Nothing is lost."}`;
  return lost ? `${sent} sent, ${confirmed} received.${lost}` : `All ${sent} received.`;
}
