// @ts-check
/** Which invoices are paid: said by the bot's answers, or, after a reload, told by the payments in the chat. */

import { listen, state, viewKey } from "./store.js";

/** @typedef {import("./types").Entry} Entry */
/** @typedef {import("./types").View} View */

/** @type {Set<string>} */
const answered = new Set();

/** @param {View} view @param {number} messageId */
const keyOf = (view, messageId) => `${viewKey(view)}:${messageId}`;

listen("pre_checkout_answer", ({ person_id: person, chat_id: chat, message_id: messageId, ok }) => {
  if (ok) answered.add(keyOf({ person, chat }, messageId));
});
listen("forgotten", () => answered.clear());

/** @param {View} view @param {number} messageId */
export function isPaid(view, messageId) {
  if (answered.has(keyOf(view, messageId))) return true;
  const entries = (state.chats.get(view.chat)?.entries ?? []).filter((entry) => isMoneyOf(entry, view));
  const place = entries.findIndex((entry) => entry.message.message_id === messageId);
  return place >= 0 && paidPlaces(entries).has(place);
}

/** @param {Entry} entry @param {View} view */
function isMoneyOf({ message, from_person: from }, view) {
  return Boolean(message.invoice || (message.successful_payment && (view.chat > 0 || from === view.person)));
}

/** Each payment is for the latest invoice before it that has the same total and is not paid yet.
 * @param {Entry[]} entries invoices and payments */
function paidPlaces(entries) {
  const paid = new Set();
  entries.forEach(({ message: { successful_payment: payment } }, place) => {
    if (!payment) return;
    const isMeant = (/** @type {Entry} */ { message: { invoice } }, /** @type {number} */ other) =>
      other < place &&
      !paid.has(other) &&
      invoice?.total_amount === payment.total_amount &&
      invoice.currency === payment.currency;
    paid.add(entries.findLastIndex(isMeant));
  });
  return paid;
}
