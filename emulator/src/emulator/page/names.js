// @ts-check
/** How people, chats and messages are called on the page. */

import { element } from "./dom.js";
import { spokenText } from "./formatting.js";
import { state } from "./store.js";
import { paymentText } from "./money.js";

/** @typedef {import("./types").User} User */
/** @typedef {import("./types").Entry} Entry */
/** @typedef {import("./types").Message} Message */
/** @typedef {import("./types").View} View */

/** @param {User|{first_name: string, last_name?: string}|undefined} user */
export function fullName(user) {
  if (!user) return "Somebody";
  return user.last_name ? `${user.first_name} ${user.last_name}` : user.first_name;
}

/** @param {number} personId */
export function firstName(personId) {
  return state.people.get(personId)?.first_name ?? "Somebody";
}

/** With whom the person talks: the bot, or the group. @param {View} view */
export function partnerName(view) {
  return view.chat > 0 ? state.bot.first_name : (state.chats.get(view.chat)?.info.title ?? "Group");
}

/** @param {View} view */
export function viewName(view) {
  return `Chat of ${viewWords(view)}`;
}

/** @param {View} view */
export function viewWords(view) {
  const joint = view.chat > 0 ? "with" : "in";
  return `${isolated(firstName(view.person))} ${joint} ${isolated(partnerName(view))}`;
}

// Hebrew to Arabic Extended, their presentation forms, the right-to-left planes, and the characters that control it.
const TURNS_AROUND =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** A name as a part of other words: it does not turn these around. @param {string} name */
export function isolated(name) {
  return TURNS_AROUND.test(name) ? `\u2068${name}\u2069` : name;
}

/** @param {Entry} entry @param {View} view */
export function senderName(entry, view) {
  if (entry.from_person === view.person) return "You";
  const person = entry.from_person === null ? undefined : state.people.get(entry.from_person);
  return fullName(person ?? entry.message.from ?? state.bot);
}

/** Whole emoji, and letters with their accents. */
const SIGNS = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** @param {string} name */
export function initials(name) {
  const words = name.trim().split(/\s+/u);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters
    .map((word) => [...SIGNS.segment(word)][0]?.segment ?? "")
    .join("")
    .toUpperCase();
}

/** Neighbouring ids get colours far apart: steps of the golden angle. @param {number} id */
export function hueOf(id) {
  return Math.round((Math.abs(id) * 137.508) % 360);
}

/** @param {string} name @param {number} id */
export function avatar(name, id) {
  const node = element("span", { class: "avatar", "aria-hidden": "true" }, initials(name));
  node.style.setProperty("--hue", String(hueOf(id)));
  if (id < 0) node.classList.add("avatar-group");
  return node;
}

/** One line that stands for a message. @param {Message} message */
export function summary(message) {
  const text = message.text ?? message.caption;
  const entities = message.entities ?? message.caption_entities ?? [];
  if (text) return spokenText(text, entities).replace(/\s+/gu, " ").slice(0, 120);
  return withoutText(message);
}

/** @param {Message} message */
function withoutText(message) {
  if (message.photo) return "Photo";
  if (message.document) return message.document.file_name ?? "Document";
  if (message.contact) return `Contact: ${fullName(message.contact)}`;
  if (message.location) return "Location";
  if (message.invoice) return `Invoice: ${message.invoice.title}`;
  return serviceText(message) ?? "Message";
}

/** What a service message says, or null if the message is not one. @param {Message} message @returns {string|null} */
export function serviceText(message) {
  const nameOf = (/** @type {User|undefined} */ user) => isolated(fullName(user));
  const who = nameOf(message.from);
  if (message.new_chat_members) return `${message.new_chat_members.map(nameOf).join(", ")} joined`;
  if (message.left_chat_member) return `${nameOf(message.left_chat_member)} left`;
  if (message.successful_payment) return paymentText("Paid", message.successful_payment);
  if (message.refunded_payment) return paymentText("Refunded", message.refunded_payment);
  if (message.new_chat_title) return `${who} named the group “${isolated(message.new_chat_title)}”`;
  if (message.pinned_message) return `${who} pinned “${isolated(summary(message.pinned_message))}”`;
  return message.group_chat_created ? "The group was created" : null;
}
