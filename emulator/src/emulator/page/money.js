// @ts-check

/** @param {import("./types").Money} money amounts are in the smallest unit of the currency */
export function moneyText({ currency, total_amount: amount }) {
  if (currency === "XTR") return `⭐️${amount.toLocaleString()}`;
  try {
    const format = new Intl.NumberFormat(undefined, { style: "currency", currency });
    return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  } catch {
    return `${(amount / 100).toLocaleString()} ${currency}`;
  }
}

/** @param {string} verb @param {import("./types").Money} money */
export function paymentText(verb, money) {
  return `${verb} ${moneyText(money)}. It was play money.`;
}
