// @ts-check
/** All that the page knows. The server is the truth; this is its latest word. */

/** @typedef {import("./types").Person} Person */
/** @typedef {import("./types").Entry} Entry */
/** @typedef {import("./types").Chat} Chat */
/** @typedef {import("./types").ChatInfo} ChatInfo */
/** @typedef {import("./types").View} View */

export const state = {
  loaded: false,
  run: "",
  connected: false,
  bot: /** @type {import("./types").User} */ ({ id: 0, first_name: "The bot" }),
  botDescription: "",
  greeting: "",
  /** @type {Map<number, Person>} */ people: new Map(),
  /** @type {Map<number, Chat>} */ chats: new Map(),
  /** @type {Map<number, Chat>} those of the chats that are groups: few, where people may be many */ groups: new Map(),
  /** @type {import("./types").Fault[]} */ faults: [],
  settings: { rate_limits: false },
  /** @type {import("./types").Counts|null} */ counts: null,
};

/** @type {Map<string, Set<(detail: any) => void>>} */
const listeners = new Map();

/** @param {string} topic @param {(detail: any) => void} listener @returns {() => void} stops listening */
export function listen(topic, listener) {
  const all = listeners.get(topic) ?? new Set();
  listeners.set(topic, all.add(listener));
  return () => all.delete(listener);
}

/** @param {string} topic @param {any} [detail] */
export function announce(topic, detail) {
  for (const listener of [...(listeners.get(topic) ?? [])]) listener(detail);
}

/** @type {Record<string, (data: any) => void>} */
export const receive = {
  snapshot: takeSnapshot,
  person: takePerson,
  chat: takeChatInfo,
  entry: takeEntry,
  deleted: takeDeleted,
  action: (data) => announce("action", data),
  callback_answer: (data) => announce("callback_answer", data),
  pre_checkout_answer: (data) => announce("pre_checkout_answer", data),
  faults: (faults) => take("faults", { faults }),
  settings: (settings) => take("settings", { settings }),
  counts: (counts) => take("counts", { counts }),
  reset: forgetEverything,
};

/** @param {string} topic @param {object} news */
function take(topic, news) {
  Object.assign(state, news);
  announce(topic);
}

/** @param {any} data */
function takeSnapshot(data) {
  const { bot, faults, settings, counts } = data;
  takeRun(data.run ?? "");
  Object.assign(state, { bot, faults, settings, counts, loaded: true });
  state.botDescription = data.bot_description ?? "";
  state.greeting = data.greeting ?? "";
  state.people = new Map(data.people.map((/** @type {Person} */ person) => [person.id, person]));
  state.chats = new Map(data.chats.map((/** @type {any} */ chat) => [chat.id, mergedChat(chat)]));
  state.groups = new Map([...state.chats].filter(([id]) => id < 0));
  for (const topic of ["snapshot", "people", "chats", "faults", "settings", "counts"]) announce(topic);
}

/** Another run is another emulator: nothing that is known holds any more. @param {string} run */
function takeRun(run) {
  if (!run || run === state.run) return;
  announce("new_run", run);
  if (state.run) forgetEverything();
  state.run = run;
}

/** @param {ChatInfo & {entries: Entry[]}} chat @returns {Chat} */
function mergedChat(chat) {
  const { entries, ...info } = chat;
  const known = state.chats.get(chat.id);
  const earlier = known && chat.has_earlier ? entriesJoiningOn(known.entries, entries) : [];
  const hasEarlier = earlier.length && known ? known.hasEarlier : Boolean(chat.has_earlier);
  return { info, entries: [...earlier, ...keepingSame(known, entries)], hasEarlier, read: chat.read ?? {} };
}

/** Earlier entries that were loaded, unless messages are missing between them and the snapshot's.
 * @param {Entry[]} known @param {Entry[]} entries */
function entriesJoiningOn(known, entries) {
  const first = entries[0]?.message.message_id ?? 0;
  const place = known.findIndex((entry) => entry.message.message_id === first);
  return place < 0 ? [] : known.slice(0, place);
}

/** An entry that did not change stays the same object, so that it is not drawn again.
 * @param {Chat|undefined} known @param {Entry[]} entries */
function keepingSame(known, entries) {
  const before = new Map(known?.entries.map((entry) => [entry.message.message_id, entry]));
  return entries.map((entry) => {
    const old = before.get(entry.message.message_id);
    return old && JSON.stringify(old) === JSON.stringify(entry) ? old : entry;
  });
}

/** @param {Person} person */
function takePerson(person) {
  state.people.set(person.id, person);
  announce("people");
}

/** @param {ChatInfo} info */
function takeChatInfo(info) {
  const chat = state.chats.get(info.id) ?? { info, entries: [], hasEarlier: false, read: {} };
  chat.info = info;
  chat.read = info.read ?? chat.read;
  state.chats.set(info.id, chat);
  if (info.id < 0) state.groups.set(info.id, chat);
  announce("chats", info.id);
}

/** @param {{chat_id: number, entry: Entry}} news */
function takeEntry({ chat_id: chatId, entry }) {
  const chat = state.chats.get(chatId);
  if (!chat) return;
  putEntry(chat.entries, entry);
  if (entry.from_person === null) announce("bot_entry", chatId);
  announce("chats", chatId);
}

/** @param {Entry[]} entries sorted by message_id @param {Entry} entry */
function putEntry(entries, entry) {
  const id = entry.message.message_id;
  let place = entries.length;
  while (place > 0 && entries[place - 1].message.message_id > id) place -= 1;
  const known = place > 0 && entries[place - 1].message.message_id === id;
  if (known) entries[place - 1] = entry;
  else entries.splice(place, 0, entry);
}

/** @param {{chat_id: number, message_ids: number[]}} news */
function takeDeleted({ chat_id: chatId, message_ids: ids }) {
  const chat = state.chats.get(chatId);
  if (!chat) return;
  chat.entries = chat.entries.filter((entry) => !ids.includes(entry.message.message_id));
  announce("chats", chatId);
}

function forgetEverything() {
  state.people.clear();
  state.chats.clear();
  state.groups.clear();
  announce("forgotten");
}

/** @param {number} chatId @param {Entry[]} entries @param {boolean} hasEarlier */
export function addEarlierEntries(chatId, entries, hasEarlier) {
  const chat = state.chats.get(chatId);
  if (!chat) return;
  const first = chat.entries[0]?.message.message_id ?? Infinity;
  chat.entries.unshift(...entries.filter((entry) => entry.message.message_id < first));
  chat.hasEarlier = hasEarlier;
  announce("chats", chatId);
}

/** @param {boolean} connected */
export function setConnected(connected) {
  state.connected = connected;
  announce("connection");
}

/** The chats in which a person takes part, the private one first. @param {number} personId */
export function chatsOf(personId) {
  const own = state.chats.get(personId);
  const groups = [...state.groups.values()].filter(({ info }) => info.members?.includes(personId));
  return own ? [own, ...groups] : groups;
}

/** @param {View} view */
export function viewExists(view) {
  return state.people.has(view.person) && chatsOf(view.person).some(({ info }) => info.id === view.chat);
}

/** @param {View} view */
export function viewKey(view) {
  return `${view.person}:${view.chat}`;
}
