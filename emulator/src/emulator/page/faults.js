// @ts-check
/** The troubles that a switch makes, and how faults are told in words. */

/** @typedef {import("./types").Fault} Fault */
/** @typedef {{name: string, hint: string, fault: Record<string, unknown>}} Trouble */

const ALWAYS = { method: "*", times: null };

/** @type {Trouble[]} */
export const TROUBLES = [
  {
    name: "Telegram answers slowly (2 s)",
    hint: "Every call takes two seconds longer.",
    fault: { ...ALWAYS, kind: "delay", seconds: 2, share: 1 },
  },
  {
    name: "429: too many requests (retry after 3 s)",
    hint: "Half of the calls are told to wait.",
    fault: { ...ALWAYS, kind: "status", status: 429, retry_after: 3, share: 0.5 },
  },
  {
    name: "500: internal error",
    hint: "Half of the calls fail.",
    fault: { ...ALWAYS, kind: "status", status: 500, share: 0.5 },
  },
  {
    name: "Telegram goes away (connections are cut)",
    hint: "No call gets an answer.",
    fault: { ...ALWAYS, kind: "reset", share: 1 },
  },
];

/** @param {Fault} fault @param {Trouble} trouble */
export function isOf(fault, trouble) {
  if (fault.method !== "*" || (fault.times ?? null) !== null || fault.executed) return false;
  const same = (/** @type {string} */ name) => /** @type {any} */ (fault)[name] === trouble.fault[name];
  return ["kind", "status", "seconds", "share"].every(
    (name) => same(name) || (trouble.fault[name] === undefined && /** @type {any} */ (fault)[name] == null),
  );
}

/** Whether every call is cut off until somebody says otherwise. @param {Fault[]} faults */
export function isAway(faults) {
  return faults.some(
    ({ kind, method, times, share }) => kind === "reset" && method === "*" && (times ?? null) === null && share >= 1,
  );
}

/** @param {Fault} fault */
export function isOfNone(fault) {
  return !TROUBLES.some((trouble) => isOf(fault, trouble));
}

/** @type {Record<string, (fault: Fault) => string>} */
const EFFECTS = {
  status: ({ status, retry_after: wait }) => `answers ${status}${wait ? `, retry after ${wait} s` : ""}`,
  delay: ({ seconds }) => `takes ${seconds} s`,
  reset: () => "is cut off before an answer",
  cut_off: () => "is cut off in the middle of the answer",
  garbage: () => "answers nonsense",
};

/** @param {Fault} fault */
export function faultText(fault) {
  const what = fault.method === "*" ? "Every call" : fault.method;
  const share = fault.share < 1 ? ` (${Math.round(fault.share * 100)} % of the time)` : "";
  const times = fault.times === null ? "" : `, ${fault.times} more`;
  return `${what} ${EFFECTS[fault.kind]?.(fault) ?? fault.kind}${share}${times}`;
}
