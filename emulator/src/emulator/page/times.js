// @ts-check
/** Times in the viewer's own locale. */

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const SHORT_DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const LONG_DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const COMPLETE = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** @param {number} seconds since 1970 */
export const clock = (seconds) => CLOCK.format(seconds * 1000);

/** @param {number} seconds */
export const completeTime = (seconds) => COMPLETE.format(seconds * 1000);

/** @param {number} seconds */
export const machineTime = (seconds) => new Date(seconds * 1000).toISOString();

/** The same for all times of one day, different for all others. @param {number} seconds */
export const dayKey = (seconds) => new Date(seconds * 1000).toDateString();

/** @param {number} seconds */
export function dayName(seconds) {
  const now = Date.now() / 1000;
  if (dayKey(seconds) === dayKey(now)) return "Today";
  return dayKey(seconds) === dayKey(now - 86_400) ? "Yesterday" : LONG_DAY.format(seconds * 1000);
}

/** @param {number} seconds */
export function shortTime(seconds) {
  return dayKey(seconds) === dayKey(Date.now() / 1000) ? clock(seconds) : SHORT_DAY.format(seconds * 1000);
}

/** @param {number|undefined} bytes */
export function sizeText(bytes) {
  if (bytes === undefined) return "";
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
