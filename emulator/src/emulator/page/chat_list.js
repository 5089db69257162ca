// @ts-check
/** All chats, grouped by person. One stop for the Tab key; arrow keys walk. */

import { byId, element } from "./dom.js";
import { ChatItem } from "./chat_item.js";
import { oncePerFrame } from "./frames.js";
import { icon } from "./icons.js";
import { open, placeOf } from "./open_chats.js";
import { PeopleFilter } from "./people_filter.js";
import { openPersonDialog } from "./person_dialog.js";
import { chatsOf, listen, state, viewKey } from "./store.js";

/** @typedef {import("./types").View} View */

/** @type {Map<string, ChatItem>} */
const items = new Map();
const people = element("ul", { class: "people" });
const filter = new PeopleFilter(people, () => setTabStop());
let current = "";
let lastScreen = "";

export function startChatList() {
  const add = element(
    "button",
    { type: "button", class: "button add-person", click: () => openPersonDialog() },
    icon("person_add"),
    "Add a person",
  );
  const head = element("div", { class: "chat-list-head" }, element("h2", { text: "People" }), add);
  byId("chat-list").append(head, filter.node, people);
  people.addEventListener("keydown", move);
  people.addEventListener("focusin", rememberFocus);
  const draw = oncePerFrame(drawList);
  for (const topic of ["snapshot", "people", "chats", "reads", "open", "forgotten"]) listen(topic, draw);
}

function drawList() {
  if (!state.loaded) return;
  const views = [...state.people.keys()].flatMap((person) =>
    chatsOf(person).map(({ info }) => ({ person, chat: info.id })),
  );
  const keys = new Set(views.map(viewKey));
  for (const [key, item] of items) if (!keys.has(key)) removeItem(key, item);
  for (const person of [...people.children]) if (!state.people.has(Number(person.id.slice(7)))) person.remove();
  for (const view of views) item(view).draw(placeOf(view) >= 0, isFocused(view));
  filter.draw();
  if (!keys.has(current)) current = open.views[open.focused] ? viewKey(open.views[open.focused]) : "";
  setTabStop();
  focusAfterBack();
}

/** Back from a chat on a phone, the list goes on where it was left. */
function focusAfterBack() {
  const cameBack = lastScreen === "chat" && open.screen === "list";
  lastScreen = open.screen;
  const stop = people.querySelector(/** @type {"button"} */ (".chat-open[tabindex='0']"));
  if (cameBack && matchMedia("(max-width: 719px)").matches) stop?.focus();
}

/** @param {View} view */
function isFocused(view) {
  return placeOf(view) === open.focused;
}

/** @param {string} key @param {ChatItem} item */
function removeItem(key, item) {
  item.node.remove();
  items.delete(key);
}

/** @param {View} view */
function item(view) {
  const known = items.get(viewKey(view));
  if (known) return known;
  const fresh = new ChatItem(view);
  items.set(viewKey(view), fresh);
  listOf(view.person).append(fresh.node);
  return fresh;
}

/** @param {number} person */
function listOf(person) {
  const known = document.getElementById(`person-${person}`);
  if (known) return /** @type {HTMLElement} */ (known.firstElementChild);
  const list = element("ul", { class: "chats" });
  people.append(element("li", { class: "person", id: `person-${person}` }, list));
  return list;
}

function buttons() {
  return /** @type {HTMLElement[]} */ ([...people.querySelectorAll(".person:not([hidden]) .chat-open")]);
}

function setTabStop() {
  const all = buttons();
  const stop = all.find((button) => button.dataset.view === current) ?? all[0];
  for (const button of all) {
    const index = button === stop ? 0 : -1;
    if (button.tabIndex !== index) button.tabIndex = index;
    const beside = /** @type {HTMLElement|null} */ (button.nextElementSibling);
    if (beside && beside.tabIndex !== index) beside.tabIndex = index;
  }
}

/** @param {FocusEvent} event */
function rememberFocus(event) {
  const button = /** @type {HTMLElement} */ (event.target).closest(".chat-item")?.querySelector(".chat-open");
  if (!(button instanceof HTMLElement)) return;
  current = button.dataset.view ?? "";
  setTabStop();
}

/** @param {KeyboardEvent} event */
function move(event) {
  const all = buttons();
  const here = all.findIndex((button) => button.parentElement?.contains(document.activeElement));
  const targets = /** @type {Record<string, HTMLElement|undefined>} */ ({
    ArrowDown: all[Math.min(all.length - 1, here + 1)],
    ArrowUp: all[Math.max(0, here - 1)],
    Home: all[0],
    End: all.at(-1),
  });
  if (!targets[event.key]) return;
  event.preventDefault();
  targets[event.key]?.focus();
}
