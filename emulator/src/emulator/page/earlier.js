// @ts-check

import * as api from "./api.js";
import { addEarlierEntries, state } from "./store.js";
import { report } from "./toasts.js";

/** Gets earlier messages, unless the page has more than it shows. @param {number} chatId @param {number} shown */
export async function loadEarlier(chatId, shown) {
  const chat = state.chats.get(chatId);
  if (!chat?.hasEarlier || chat.entries.length > shown) return;
  try {
    const answer = await api.entriesBefore(chatId, chat.entries[0]?.message.message_id ?? 0);
    addEarlierEntries(chatId, answer.entries, answer.has_earlier);
  } catch (error) {
    report(error);
  }
}
