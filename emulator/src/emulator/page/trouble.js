// @ts-check
/** The drawer in which people make Telegram fail, and see that the bot loses nothing. */

import * as api from "./api.js";
import { startCounts } from "./counts.js";
import { byId, element, hiddenText, setText } from "./dom.js";
import { faultText, isOf, isOfNone, TROUBLES } from "./faults.js";
import { oncePerFrame } from "./frames.js";
import { icon } from "./icons.js";
import { fullName } from "./names.js";
import { listen, state } from "./store.js";
import { report } from "./toasts.js";

const drawer = byId("trouble");
const button = byId("trouble-button");

export function startTrouble() {
  button.prepend(icon("bolt"));
  button.addEventListener("click", () => (drawer.hidden ? openDrawer() : closeDrawer()));
  document.addEventListener("keydown", closeOnEscape);
  const { faults, others, blocks } = fillDrawer();
  const draw = oncePerFrame(() => {
    drawTroubles(faults);
    drawOthers(others);
    drawBlocks(blocks);
    markButton();
  });
  for (const topic of ["faults", "settings", "people"]) listen(topic, draw);
}

function fillDrawer() {
  const close = element(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Close “Make trouble”", click: closeDrawer },
    icon("close"),
  );
  const head = element(
    "div",
    { class: "trouble-head" },
    element("h2", { id: "trouble-title", tabindex: "-1", text: "Make trouble" }),
    close,
  );
  const counts = element("section", { class: "counts", "aria-label": "Counts" });
  const faults = element("div", { class: "switches" }, ...TROUBLES.map(troubleSwitch), rateLimitSwitch());
  const others = element("div", { class: "other-faults" });
  const blocks = element("div", { class: "switches" });
  const stop = element("button", {
    type: "button",
    id: "stop-trouble",
    class: "button wide stop-trouble",
    text: "Stop all trouble",
    click: stopAll,
  });
  const intro = element("p", {
    class: "trouble-intro",
    text: "Break Telegram, keep chatting, and watch whether anything gets lost.",
  });
  const body = element(
    "div",
    { class: "trouble-body" },
    intro,
    counts,
    element("h3", { text: "Telegram" }),
    faults,
    others,
    stop,
    element("h3", { text: "People" }),
    blocks,
  );
  drawer.append(head, body);
  startCounts(counts);
  return { faults, others, blocks };
}

/** Switches whose change is on its way: until it has arrived, what is drawn is older. */
const changing = new WeakSet();

/** @param {HTMLInputElement} input @param {boolean} on */
function draw(input, on) {
  if (!changing.has(input)) input.checked = on;
}

/** @param {string} name @param {string} hint @param {(on: boolean) => Promise<unknown>} change */
function switchLine(name, hint, change) {
  const input = element("input", { type: "checkbox", role: "switch", class: "switch" });
  input.addEventListener("change", () => {
    changing.add(input);
    change(input.checked)
      .catch((error) => {
        input.checked = !input.checked;
        report(error);
      })
      .finally(() => changing.delete(input));
  });
  const words = element("span", { class: "switch-words" }, element("span", { text: name }));
  const line = element("label", { class: "switch-line" }, words, input);
  if (!hint) return line;
  const hintId = `hint-${name.replace(/\W+/gu, "-")}`;
  input.setAttribute("aria-describedby", hintId);
  return element(
    "div",
    { class: "switch-block" },
    line,
    element("p", { class: "switch-hint", id: hintId, text: hint }),
  );
}

/** @param {import("./faults").Trouble} trouble */
function troubleSwitch(trouble) {
  return switchLine(trouble.name, trouble.hint, (on) => (on ? api.addFault(trouble.fault) : removeOf(trouble)));
}

function rateLimitSwitch() {
  const hint = "One message a second in a chat, 30 in all.";
  return switchLine("Enforce Telegram’s rate limits", hint, (on) => api.changeSettings({ rate_limits: on }));
}

/** @param {import("./faults").Trouble} trouble */
function removeOf(trouble) {
  return Promise.all(state.faults.filter((fault) => isOf(fault, trouble)).map(({ id }) => api.removeFault(id)));
}

/** @param {HTMLElement} place */
function drawTroubles(place) {
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (place.querySelectorAll("input"));
  TROUBLES.forEach((trouble, nth) => {
    draw(
      inputs[nth],
      state.faults.some((fault) => isOf(fault, trouble)),
    );
  });
  draw(inputs[TROUBLES.length], Boolean(state.settings.rate_limits));
}

/** @param {HTMLElement} place */
function drawOthers(place) {
  const lines = state.faults.filter(isOfNone).map(otherFault);
  const title = element("h4", { text: "Placed by tests" });
  const hadFocus = place.contains(document.activeElement);
  place.replaceChildren(...(lines.length ? [title, element("ul", {}, ...lines)] : []));
  if (hadFocus) byId("stop-trouble").focus();
}

/** @param {import("./types").Fault} fault */
function otherFault(fault) {
  const text = faultText(fault);
  const remove = element(
    "button",
    { type: "button", class: "mini-button", "aria-label": `Remove: ${text}`, title: "Remove" },
    icon("close"),
  );
  remove.addEventListener("click", () => api.removeFault(fault.id).catch(report));
  return element("li", {}, element("span", { text }), remove);
}

/** @param {HTMLElement} place */
function drawBlocks(place) {
  const known = new Map(
    [...place.children].map((line) => [
      /** @type {HTMLElement} */ (line).dataset.person,
      /** @type {HTMLElement} */ (line),
    ]),
  );
  const lines = [...state.people.values()].map((person) => blockLine(known.get(String(person.id)), person));
  if (lines.some((line, nth) => place.children[nth] !== line) || place.children.length !== lines.length)
    place.replaceChildren(...lines);
}

/** @param {HTMLElement|undefined} known @param {import("./types").Person} person */
function blockLine(known, person) {
  const line = known ?? switchLine("", "", (on) => api.changePerson(person.id, { blocked: on }));
  line.dataset.person = String(person.id);
  const words = /** @type {Element} */ (line.querySelector(".switch-words > span"));
  const name = words.querySelector("bdi") ?? element("bdi");
  if (!name.isConnected) words.replaceChildren(name, " blocks the bot");
  setText(name, fullName(person));
  draw(/** @type {HTMLInputElement} */ (line.querySelector("input")), person.blocked);
  return line;
}

async function stopAll() {
  try {
    await api.removeAllFaults();
    if (state.settings.rate_limits) await api.changeSettings({ rate_limits: false });
  } catch (error) {
    report(error);
  }
}

/** While there is trouble the button says so, also when the drawer is closed. */
function markButton() {
  const active = state.faults.length + Number(Boolean(state.settings.rate_limits));
  button.classList.toggle("active", active > 0);
  button.querySelector(".visually-hidden")?.remove();
  if (active) button.append(hiddenText(` (${active} active)`));
}

function openDrawer() {
  drawer.hidden = false;
  button.setAttribute("aria-expanded", "true");
  byId("trouble-title").focus();
}

function closeDrawer() {
  const hadFocus = drawer.contains(document.activeElement);
  drawer.hidden = true;
  button.setAttribute("aria-expanded", "false");
  if (hadFocus) button.focus();
}

/** @param {KeyboardEvent} event */
function closeOnEscape(event) {
  if (event.key !== "Escape" || event.defaultPrevented || drawer.hidden) return;
  if (document.querySelector("dialog[open], [popover]:popover-open")) return;
  closeDrawer();
}
