// @ts-check
/** What people do, told to the server. A call returns the server's answer, or throws an Error for people to read. */

import { plainWords } from "./plain_words.js";

/** @typedef {import("./types").View} View */

const UNREACHABLE = "The emulator does not answer.";

/** @param {string} method @param {string} path @param {BodyInit} [body] @param {Record<string, string>} [headers] */
async function request(method, path, body, headers) {
  const response = await fetch(`/control/${path}`, { method, body, headers }).catch(() => null);
  if (!response) throw new Error(UNREACHABLE);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(plainWords(answer.error) || `The emulator answered with error ${response.status}.`);
  return answer;
}

/** @param {string} method @param {string} path @param {object} body */
function tell(method, path, body) {
  return request(method, path, JSON.stringify(body), { "Content-Type": "application/json" });
}

/** @param {View} view */
function where(view) {
  return { person_id: view.person, chat_id: view.chat };
}

/** @param {number} id @param {object} names */
export const putPerson = (id, names) => tell("PUT", `people/${id}`, names);

/** @param {number} id @param {{blocked?: boolean, deactivated?: boolean}} changes */
export const changePerson = (id, changes) => tell("PATCH", `people/${id}`, changes);

/** @param {View} view @param {string} text @param {number} [replyTo] */
export const sendMessage = (view, text, replyTo) =>
  tell("POST", "messages", { ...where(view), text, ...(replyTo ? { reply_to_message_id: replyTo } : {}) });

/** @param {View} view @param {number} messageId @param {string} text */
export const editMessage = (view, messageId, text) =>
  tell("PATCH", "messages", { ...where(view), message_id: messageId, text });

/** @param {View} view */
export const shareContact = (view) => tell("POST", "contacts", where(view));

/** @param {View} view @param {number} latitude @param {number} longitude */
export const shareLocation = (view, latitude, longitude) =>
  tell("POST", "locations", { ...where(view), latitude, longitude });

/** @param {View} view @param {File} file @param {"photo"|"document"} kind @param {string} caption
 * @param {number} [replyTo] */
export function sendFile(view, file, kind, caption, replyTo) {
  const form = new FormData();
  form.set("person_id", String(view.person));
  form.set("chat_id", String(view.chat));
  form.set("kind", kind);
  if (caption) form.set("caption", caption);
  if (replyTo) form.set("reply_to_message_id", String(replyTo));
  form.set("file", file, file.name || "picture.png");
  return request("POST", "files", form);
}

/** @param {View} view @param {number} messageId @param {string} data */
export const press = (view, messageId, data) =>
  tell("POST", "presses", { ...where(view), message_id: messageId, data });

/** @param {View} view @param {number} messageId */
export const pay = (view, messageId) => tell("POST", "payments", { ...where(view), message_id: messageId });

/** @param {View} view @param {number} messageId */
export const markRead = (view, messageId) => tell("POST", "reads", { ...where(view), message_id: messageId });

/** @param {number} chatId @param {number} before */
export const entriesBefore = (chatId, before) => request("GET", `chats/${chatId}/entries?before=${before}&limit=100`);

/** @param {string} uniqueId */
export const fileAddress = (uniqueId) => `/control/files/${encodeURIComponent(uniqueId)}`;

/** @param {object} fault */
export const addFault = (fault) => tell("POST", "faults", fault);

/** @param {number} id */
export const removeFault = (id) => request("DELETE", `faults/${id}`);

export const removeAllFaults = () => request("DELETE", "faults");

/** @param {{rate_limits?: boolean}} settings */
export const changeSettings = (settings) => tell("PUT", "settings", settings);

export const forgetEverything = () => tell("POST", "reset", {});
