// @ts-check
/** Telegram's formatted text: a flat string and entities that may nest, made into DOM. */

import { element, freshId } from "./dom.js";
import { copyButton } from "./copying.js";

/** @typedef {import("./types").Entity} Entity */
/** @typedef {(command: string) => void} OnCommand */

/** @type {Record<string, keyof HTMLElementTagNameMap>} */
const PLAIN_TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const INLINE_WHOLE = new Set(["url", "email", "bot_command"]);
const SAFE_ADDRESS = /^(https?|tg|mailto):/iu;

/** @param {string} text @param {Entity[]} entities @param {OnCommand} onCommand */
export function formatted(text, entities, onCommand) {
  const sorted = cutAtSpoilers(entities).sort(
    (one, other) => one.offset - other.offset || other.length - one.length || rank(one) - rank(other),
  );
  const node = element("div", { class: "text", dir: "auto" });
  node.append(...rendered(text, 0, text.length, sorted, onCommand));
  return node;
}

/** Of entities of the same length the spoiler is outside. @param {Entity} entity */
const rank = ({ type }) => (type === "spoiler" ? 0 : 1);

/** Spoilers go around everything but blocks, so that no link reaches into covered text.
 * @param {Entity[]} entities @returns {Entity[]} */
function cutAtSpoilers(entities) {
  const spoilers = entities.filter(({ type }) => type === "spoiler");
  const cut = (/** @type {Entity[]} */ pieces, /** @type {Entity} */ spoiler) =>
    pieces.flatMap((piece) => cutAt(piece, spoiler));
  return entities.flatMap((entity) =>
    entity.type === "spoiler" || BLOCKS.has(entity.type) ? [entity] : spoilers.reduce(cut, [entity]),
  );
}

/** What is nothing in pieces, such as an address, is left out. @param {Entity} entity @param {Entity} spoiler */
function cutAt(entity, spoiler) {
  const end = entity.offset + entity.length;
  const from = Math.max(entity.offset, spoiler.offset);
  const to = Math.min(end, spoiler.offset + spoiler.length);
  if (to <= from || to - from === entity.length) return [entity];
  if (INLINE_WHOLE.has(entity.type)) return [];
  const borders = [entity.offset, from, to, end];
  return borders
    .slice(1)
    .map((border, nth) => ({ ...entity, offset: borders[nth], length: border - borders[nth] }))
    .filter(({ length }) => length > 0);
}

/** @param {string} text @param {number} start @param {number} end
 * @param {Entity[]} entities @param {OnCommand} onCommand @returns {(Node|string)[]} */
function rendered(text, start, end, entities, onCommand) {
  const nodes = [];
  const waiting = [...entities];
  let position = start;
  for (let entity = waiting.shift(); entity; entity = waiting.shift()) {
    const from = Math.max(entity.offset, position);
    const to = Math.min(entity.offset + entity.length, end);
    if (to <= from) continue;
    if (from > position) nodes.push(text.slice(position, from));
    const inner = takeInner(waiting, to);
    nodes.push(wrapped(entity, text.slice(from, to), rendered(text, from, to, inner, onCommand), onCommand));
    position = BLOCKS.has(entity.type) && text[to] === "\n" && to < end ? to + 1 : to;
  }
  if (position < end) nodes.push(text.slice(position, end));
  return nodes;
}

/** Takes what begins before the end; what reaches beyond it goes on behind.
 * @param {Entity[]} waiting @param {number} end */
function takeInner(waiting, end) {
  const inner = [];
  const beyond = [];
  while (waiting.length && waiting[0].offset < end) {
    const entity = /** @type {Entity} */ (waiting.shift());
    inner.push(entity);
    const rest = entity.offset + entity.length - end;
    if (rest > 0) beyond.push({ ...entity, offset: end, length: rest });
  }
  waiting.unshift(...beyond);
  return inner;
}

/** @param {Entity} entity @param {string} text @param {(Node|string)[]} inside @param {OnCommand} onCommand */
function wrapped(entity, text, inside, onCommand) {
  if (PLAIN_TAGS[entity.type]) return element(PLAIN_TAGS[entity.type], {}, ...inside);
  if (entity.type === "spoiler") return spoiler(inside);
  if (entity.type === "pre") return codeBlock(entity, text);
  if (entity.type === "blockquote") return element("blockquote", {}, ...inside);
  if (entity.type === "expandable_blockquote") return expandableQuote(text, inside);
  if (entity.type === "bot_command") return commandButton(text, onCommand);
  return linkOrMark(entity, text, inside);
}

/** @param {Entity} entity @param {string} text @param {(Node|string)[]} inside */
function linkOrMark(entity, text, inside) {
  const address = addressOf(entity, text);
  if (address) return link(address, inside);
  return element("span", { class: `mark mark-${entity.type}` }, ...inside);
}

/** @param {Entity} entity @param {string} text */
function addressOf(entity, text) {
  if (entity.type === "text_link") return safeAddress(entity.url ?? "");
  if (entity.type === "email") return safeAddress(`mailto:${text}`);
  if (entity.type !== "url") return null;
  return safeAddress(/^[a-z][a-z0-9+.-]*:/iu.test(text) && !/^[^/]+:\d/u.test(text) ? text : `https://${text}`);
}

/** The address if it may be followed, otherwise null. @param {string} address */
export function safeAddress(address) {
  const trimmed = address.trim();
  return SAFE_ADDRESS.test(trimmed) && URL.canParse(trimmed) ? trimmed : null;
}

/** @param {string} address @param {(Node|string)[]} inside */
function link(address, inside) {
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer", title: address }, ...inside);
}

/** @param {string} text @param {OnCommand} onCommand */
function commandButton(text, onCommand) {
  return element("button", { type: "button", class: "text-command", click: () => onCommand(text) }, text);
}

/** @type {WeakMap<Node, (Node|string)[]>} what comes in the place of covered text */
const hidden = new WeakMap();

/** Covered text is text only, so that a link in it can be neither seen nor reached. @param {(Node|string)[]} inside */
function spoiler(inside) {
  const cover = element("button", { type: "button", class: "spoiler-cover", "aria-label": "Reveal hidden text" });
  const text = inside.map((part) => (typeof part === "string" ? part : part.textContent)).join("");
  const secret = element("span", { class: "spoiler-secret", "aria-hidden": "true", text });
  hidden.set(secret, inside);
  const node = element("span", { class: "spoiler" }, cover, secret);
  node.addEventListener("click", (event) => {
    if (node.classList.contains("revealed")) return;
    event.preventDefault();
    revealAll(node);
  });
  return node;
}

/** Reveals what is hidden in the same message. @param {HTMLElement} node */
function revealAll(node) {
  const hadFocus = node.contains(document.activeElement);
  for (const one of node.closest(".text")?.querySelectorAll(".spoiler:not(.revealed)") ?? [node]) reveal(one);
  if (hadFocus) /** @type {HTMLElement} */ (node.querySelector(".spoiler-secret")).focus({ preventScroll: true });
}

/** @param {Element} node */
function reveal(node) {
  const secret = /** @type {HTMLElement} */ (node.querySelector(".spoiler-secret"));
  node.classList.add("revealed");
  node.querySelector(".spoiler-cover")?.remove();
  secret.replaceChildren(...(hidden.get(secret) ?? []));
  secret.tabIndex = -1;
  secret.removeAttribute("aria-hidden");
}

/** @param {Entity} entity @param {string} text */
function codeBlock(entity, text) {
  const language = element("span", { class: "code-language", text: entity.language || "code" });
  const bar = element("span", { class: "code-bar" }, language, copyButton(text, "Copy code"));
  return element("div", { class: "code-block" }, bar, element("pre", {}, element("code", {}, text)));
}

/** @param {string} text @param {(Node|string)[]} inside */
function expandableQuote(text, inside) {
  const id = freshId("quote");
  const quote = element("blockquote", { id, class: "expandable" }, ...inside);
  const isShort = text.length < 160 && text.split("\n").length <= 3;
  if (isShort) return quote;
  quote.classList.add("collapsed");
  return element("div", { class: "expandable-quote" }, quote, expander(quote));
}

/** @param {HTMLElement} quote */
function expander(quote) {
  const button = element(
    "button",
    { type: "button", class: "text-command", "aria-expanded": "false", "aria-controls": quote.id },
    "Show more",
  );
  button.addEventListener("click", () => {
    const collapsed = quote.classList.toggle("collapsed");
    button.setAttribute("aria-expanded", String(!collapsed));
    button.textContent = collapsed ? "Show more" : "Show less";
  });
  return button;
}

/** The text as a screen reader may say it: without what is hidden. @param {string} text @param {Entity[]} entities */
export function spokenText(text, entities) {
  let spoken = text;
  for (const { offset, length } of entities
    .filter(({ type }) => type === "spoiler")
    .sort((a, b) => b.offset - a.offset)) {
    spoken = `${spoken.slice(0, offset)}(hidden text)${spoken.slice(offset + length)}`;
  }
  return spoken;
}
