// @ts-check
/** Telegram's names of errors, in words for people. */

/** @type {[string, string][]} */
const WORDS = [
  ["PHOTO_INVALID_DIMENSIONS", "Too wide or too large for a picture; send it as a file."],
  ["IMAGE_PROCESS_FAILED", "That is no picture; send it as a file."],
  ["file must be non-empty", "The file is empty."],
];

/** @param {unknown} error as the server tells it */
export function plainWords(error) {
  if (typeof error !== "string") return "";
  return WORDS.find(([name]) => error.includes(name))?.[1] ?? error;
}
