// @ts-check
/** Small menus under a button: arrow keys, Escape, and a click beside it closes. */

import { element } from "./dom.js";
import { icon } from "./icons.js";

/** @typedef {{label: string, icon?: import("./icons").IconName, action: () => void, danger?: boolean}} MenuItem */

const MARGIN = 8;

/** @param {HTMLElement} button @param {() => MenuItem[]} items */
export function makeMenuButton(button, items) {
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-expanded") === "false") openMenu(button, items());
  });
}

/** @param {HTMLElement} button @param {MenuItem[]} items */
function openMenu(button, items) {
  const name = button.getAttribute("aria-label") ?? button.textContent;
  const menu = element("div", { class: "menu", role: "menu", popover: "auto", "aria-label": name });
  menu.append(...items.map((item) => menuItem(item, menu, button)));
  menu.addEventListener("keydown", (event) => moveInMenu(event, menu));
  menu.addEventListener("toggle", (event) => {
    if (/** @type {ToggleEvent} */ (event).newState === "closed") closed(menu, button);
  });
  /** @type {HTMLElement} */ (button.closest("[data-menus]") ?? document.body).append(menu);
  button.setAttribute("aria-expanded", "true");
  menu.showPopover();
  place(menu, button);
  /** @type {HTMLElement|null} */ (menu.firstElementChild)?.focus();
}

/** @param {MenuItem} item @param {HTMLElement} menu @param {HTMLElement} button */
function menuItem(item, menu, button) {
  const classes = item.danger ? "menu-item danger" : "menu-item";
  const node = element(
    "button",
    { type: "button", role: "menuitem", tabindex: "-1", class: classes },
    item.icon && icon(item.icon),
    item.label,
  );
  node.addEventListener("click", () => {
    button.focus();
    menu.hidePopover();
    item.action();
  });
  return node;
}

/** @param {HTMLElement} menu @param {HTMLElement} button */
function closed(menu, button) {
  if (menu.contains(document.activeElement)) button.focus();
  // Later, so that the click which closed the menu does not open it again.
  setTimeout(() => button.setAttribute("aria-expanded", "false"), 0);
  menu.remove();
}

/** @param {HTMLElement} menu @param {HTMLElement} button */
function place(menu, button) {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const above = at.bottom + height + MARGIN > innerHeight;
  const border = button.closest("[data-menus]")?.getBoundingClientRect().right ?? innerWidth;
  const left = at.left + width + MARGIN > border ? at.right - width : at.left;
  menu.style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - width - MARGIN))}px`;
  menu.style.top = `${Math.max(MARGIN, above ? at.top - height - 4 : at.bottom + 4)}px`;
}

/** @param {KeyboardEvent} event @param {HTMLElement} menu */
function moveInMenu(event, menu) {
  const items = /** @type {HTMLElement[]} */ ([...menu.children]);
  const here = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const targets = /** @type {Record<string, number>} */ ({ ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: -1 });
  if (event.key === "Tab") menu.hidePopover();
  if (!(event.key in targets)) return;
  event.preventDefault();
  items.at(targets[event.key] % items.length)?.focus();
}
