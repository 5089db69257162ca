// @ts-check
/** What Telegram takes, told before anything is sent. */

import { isolated } from "./names.js";

export const MOST_IN_TEXT = 4096;
export const MOST_IN_CAPTION = 1024;
const LARGEST_FILE = 50 * 1024 * 1024;

/** @param {string} text @param {number} most */
export function tooManyText(text, most) {
  const count = text.length > most ? [...text].length - most : 0;
  if (count <= 0) return "";
  const unit = count === 1 ? "character" : "characters";
  return `${count.toLocaleString()} ${unit} too many: Telegram takes ${most.toLocaleString()}.`;
}

/** @param {File[]} files @returns {{good: File[], problems: string}} those that can be sent, and why others cannot */
export function fileProblems(files) {
  const bad = files.filter(problemOf);
  const name = (/** @type {File} */ file) => (files.length > 1 ? `${isolated(file.name)}: ` : "");
  const problems = bad.map((file) => name(file) + problemOf(file)).join(" ");
  return { good: files.filter((file) => !bad.includes(file)), problems };
}

/** @param {File} file */
function problemOf({ size }) {
  if (size > LARGEST_FILE) return "Telegram takes files of up to 50 MB.";
  return size ? "" : "The file is empty.";
}
