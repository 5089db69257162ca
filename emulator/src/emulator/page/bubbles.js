// @ts-check
/** One message, drawn. */

import { attachments } from "./attachments.js";
import { copyText } from "./copying.js";
import { element } from "./dom.js";
import { formatted, spokenText } from "./formatting.js";
import { icon } from "./icons.js";
import { inlineKeyboard } from "./inline_keyboards.js";
import { makeMenuButton } from "./menus.js";
import { fullName, hueOf, isolated, senderName, serviceText, summary } from "./names.js";
import { clock, completeTime, machineTime } from "./times.js";

/** @typedef {import("./types").Entry} Entry */
/** @typedef {import("./types").Message} Message */
/** @typedef {import("./types").View} View */
/** @typedef {import("./types").PaneActions} PaneActions */

/** @param {Entry} entry @param {View} view @param {PaneActions} actions */
export function buildMessage(entry, view, actions) {
  const service = serviceText(entry.message);
  return service ? serviceMessage(entry, service) : chatMessage(entry, view, actions);
}

/** @param {Entry} entry @param {string} text */
function serviceMessage(entry, text) {
  const attributes = { class: "service", tabindex: "-1", "aria-label": `${text}, ${clock(entry.message.date)}` };
  return element("article", attributes, element("span", { class: "service-text", dir: "auto", text }));
}

/** @param {Entry} entry @param {View} view @param {PaneActions} actions */
function chatMessage(entry, view, actions) {
  const { message } = entry;
  const own = entry.from_person === view.person;
  const sender = senderName(entry, view);
  const side = own ? "own" : entry.from_person === null ? "from-bot" : "from-other";
  const node = element("article", { class: `message ${side}`, tabindex: "-1", "aria-label": label(message, sender) });
  node.style.setProperty("--hue", String(hueOf(entry.from_person ?? 0)));
  const line = element(
    "div",
    { class: "bubble-line" },
    bubble(entry, view, sender, actions),
    optionsButton(entry, own, actions),
  );
  const keyboard = inlineKeyboard(message, view);
  node.append(element("div", { class: "message-column" }, line, keyboard ?? "", answeredIn(entry) ?? ""));
  return node;
}

/** What a screen reader calls the message. @param {Message} message @param {string} sender */
function label(message, sender) {
  const entities = message.entities ?? message.caption_entities ?? [];
  const text = message.text ?? message.caption;
  const words = text ? spokenText(text, entities) : summary(message);
  return `${isolated(sender)}, ${clock(message.date)}: ${words.slice(0, 300)}`;
}

/** @param {Entry} entry @param {View} view @param {string} sender @param {PaneActions} actions */
function bubble(entry, view, sender, actions) {
  const { message } = entry;
  const node = element("div", { class: "bubble" });
  if (message.photo || message.document || message.invoice) node.classList.add("with-media");
  const isNamed = view.chat < 0 && entry.from_person !== view.person;
  const parts = [
    isNamed ? element("span", { class: "sender", dir: "auto", text: sender }) : null,
    forwarded(message),
    message.reply_to_message ? replyQuote(message.reply_to_message, view, actions) : null,
    ...attachments(message, sender),
    words(message, actions),
    meta(entry),
  ];
  node.append(...parts.filter((part) => part !== null));
  return node;
}

/** @param {Message} message @param {PaneActions} actions */
function words(message, actions) {
  const text = message.text ?? message.caption;
  return text ? formatted(text, message.entities ?? message.caption_entities ?? [], actions.send) : null;
}

/** @param {Message} message */
function forwarded(message) {
  const origin = message.forward_origin;
  if (!origin) return null;
  const who = origin.sender_user
    ? fullName(origin.sender_user)
    : (origin.sender_user_name ?? origin.chat?.title ?? "somebody");
  return element("span", { class: "forwarded", text: `Forwarded from ${isolated(who)}` });
}

/** @param {Message} message @param {View} view @param {PaneActions} actions */
function replyQuote(message, view, actions) {
  const sender = message.from?.id === view.person ? "You" : fullName(message.from);
  const attributes = {
    type: "button",
    class: "reply-quote",
    title: "Show this message",
    click: () => actions.showMessage(message.message_id),
  };
  const who = element("span", { class: "reply-sender", dir: "auto", text: sender });
  const text = element("span", { class: "reply-text", dir: "auto", text: summary(message) });
  return element("button", attributes, who, text);
}

/** @param {Entry} entry */
function meta({ message, edits }) {
  const edited = message.edit_date || edits ? element("span", { class: "edited", text: "edited" }) : null;
  const attributes = {
    datetime: machineTime(message.date),
    title: completeTime(message.date),
    text: clock(message.date),
  };
  return element("span", { class: "meta" }, edited, edited && " ", element("time", attributes));
}

/** @param {Entry} entry */
function answeredIn(entry) {
  if (entry.answered_in_ms === null || entry.answered_in_ms === undefined) return null;
  return element("span", {
    class: "answered-in",
    text: `answered in ${Math.round(entry.answered_in_ms).toLocaleString()} ms`,
  });
}

/** @param {Entry} entry @param {boolean} own @param {PaneActions} actions */
function optionsButton(entry, own, actions) {
  const text = entry.message.text ?? entry.message.caption;
  const button = element(
    "button",
    { type: "button", class: "mini-button options", tabindex: "-1", "aria-label": "Message options" },
    icon("more"),
  );
  /** @type {import("./menus").MenuItem[]} */
  const items = [{ label: "Reply", icon: "reply", action: () => actions.reply(entry) }];
  if (own && entry.message.text) items.push({ label: "Edit", icon: "edit", action: () => actions.edit(entry) });
  if (text) items.push({ label: "Copy text", icon: "copy", action: () => void copyText(text) });
  makeMenuButton(button, () => items);
  return button;
}
