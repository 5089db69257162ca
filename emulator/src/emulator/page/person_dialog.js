// @ts-check
/** Adding a person, and changing the name of one. */

import * as api from "./api.js";
import { field, openForm } from "./dialogs.js";
import { element, freshId } from "./dom.js";
import { openBeside, openChat } from "./open_chats.js";
import { hasRoomBeside } from "./room.js";
import { listen, state, viewExists } from "./store.js";

/** @typedef {import("./types").Person} Person */
/** @typedef {import("./types").View} View */

const LANGUAGES = {
  "": "Not told",
  ar: "Arabic",
  zh: "Chinese",
  en: "English",
  fr: "French",
  de: "German",
  hi: "Hindi",
  it: "Italian",
  ja: "Japanese",
  fa: "Persian",
  pl: "Polish",
  "pt-br": "Portuguese",
  ru: "Russian",
  es: "Spanish",
  tr: "Turkish",
  uk: "Ukrainian",
};

/** @param {Person} [person] without one, a new person is added */
export function openPersonDialog(person) {
  const first = field("First name", {
    "aria-required": "true",
    maxlength: 64,
    value: person?.first_name,
    autofocus: true,
  });
  const last = field("Last name", { maxlength: 64, value: person?.last_name });
  const username = field(
    "Username",
    { maxlength: 32, pattern: "@?[A-Za-z0-9_]{1,32}", value: person?.username },
    "Letters, digits and _. Optional.",
  );
  const language = languageField(person?.language_code ?? (person ? "" : "en"));
  const names = () =>
    withoutEmpty({
      first_name: first.input.value.trim(),
      last_name: last.input.value.trim(),
      username: username.input.value.trim().replace(/^@/u, ""),
      language_code: language.select.value,
    });
  const save = async () => {
    demandName(first.input);
    await (person ? api.putPerson(person.id, names()) : add(names()));
  };
  openForm(
    person ? "Change name" : "Add a person",
    [first.node, last.node, username.node, language.node],
    person ? "Save" : "Add",
    save,
  );
}

/** A browser lets blanks pass as a name. @param {HTMLInputElement} input */
function demandName(input) {
  input.removeAttribute("aria-invalid");
  if (input.value.trim()) return;
  input.setAttribute("aria-invalid", "true");
  input.focus();
  throw new Error("A first name is needed.");
}

/** @param {string} current */
function languageField(current) {
  const id = freshId("field");
  const choices = { ...LANGUAGES, ...(current in LANGUAGES ? {} : { [current]: current }) };
  const options = Object.entries(choices).map(([value, text]) =>
    element("option", { value, text, selected: value === current }),
  );
  const select = element("select", { id }, ...options);
  return {
    select,
    node: element("div", { class: "field" }, element("label", { for: id, text: "Language of the app" }), select),
  };
}

/** @param {Record<string, string>} values */
function withoutEmpty(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value));
}

/** @param {object} names */
async function add(names) {
  const id = Math.max(1000, state.bot.id < 1_000_000 ? state.bot.id : 0, ...state.people.keys()) + 1;
  await api.putPerson(id, names);
  whenThere({ person: id, chat: id }, (view) => (hasRoomBeside() ? openBeside(view) : openChat(view)));
}

/** The event may come before or after the answer. @param {View} view @param {(view: View) => void} action */
function whenThere(view, action) {
  if (viewExists(view)) return action(view);
  const stop = listen("chats", () => {
    if (!viewExists(view)) return;
    stop();
    action(view);
  });
}
