// @ts-check
/** Builds DOM from plain values. Data goes into text nodes and attributes only, never through an HTML parser. */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes] a function is a listener, "text" is the text; null and false are left out
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  for (const child of children) if (child || child === "") node.append(child);
  return node;
}

/** @param {HTMLElement} node @param {string} name @param {any} value */
function setAttribute(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (typeof value === "function") node.addEventListener(name, value);
  else if (name === "text") node.textContent = value;
  else node.setAttribute(name, value === true ? "" : String(value));
}

/** Writes only what differs: screen readers and layout stay undisturbed. @param {Element} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {Element} node @param {string} name @param {string|null} value */
export function setOrRemove(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** @param {string} id */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {string} text */
export function hiddenText(text) {
  return element("span", { class: "visually-hidden", text });
}

/** Whether a key now would go into a field. @param {EventTarget|null} target */
export function isTyping(target) {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

/** Phones open the keyboard when a field gets the focus; there it must be asked for. */
export function focusOpensKeyboard() {
  return matchMedia("(pointer: coarse)").matches;
}

let lastId = 0;

/** @param {string} prefix */
export function freshId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}
