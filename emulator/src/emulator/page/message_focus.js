// @ts-check
/** Arrow keys walk from message to message; only the options of the message with the focus can be reached by Tab. */

import { isTyping } from "./dom.js";

/** @param {KeyboardEvent} event @param {HTMLElement} log */
export function moveAmongMessages(event, log) {
  if (isTyping(event.target) || event.altKey || event.ctrlKey || event.metaKey) return;
  const messages = /** @type {HTMLElement[]} */ ([...log.querySelectorAll("article")]);
  const here = messages.findIndex((message) => message.contains(document.activeElement));
  const target = targetOf(event.key, here, messages.length);
  if (target === null || !messages[target]) return;
  event.preventDefault();
  focusMessage(log, messages[target]);
}

/** @param {string} key @param {number} here @param {number} count */
function targetOf(key, here, count) {
  if (key === "ArrowUp") return here < 0 ? count - 1 : Math.max(0, here - 1);
  if (key === "ArrowDown") return here < 0 ? null : Math.min(count - 1, here + 1);
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}

/** @param {HTMLElement} log @param {HTMLElement} message */
function focusMessage(log, message) {
  for (const old of log.querySelectorAll(".options[tabindex='0']")) old.setAttribute("tabindex", "-1");
  message.querySelector(".options")?.setAttribute("tabindex", "0");
  message.focus({ preventScroll: true });
  message.scrollIntoView({ block: "nearest" });
}
