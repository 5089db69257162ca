// @ts-check
/** What a message can carry besides text. */

import { fileAddress } from "./api.js";
import { showPicture } from "./dialogs.js";
import { element } from "./dom.js";
import { icon } from "./icons.js";
import { moneyText } from "./money.js";
import { fullName, isolated } from "./names.js";
import { sizeText } from "./times.js";

/** @typedef {import("./types").Message} Message */

const WIDEST = 320;
const HIGHEST = 340;

/** @param {Message} message @param {string} sender @returns {(HTMLElement|null)[]} */
export function attachments(message, sender) {
  return [
    message.photo ? photo(message, sender) : null,
    message.document ? documentCard(message.document) : null,
    message.contact ? contactCard(message.contact) : null,
    message.location ? locationCard(message.location) : null,
    message.invoice ? invoiceCard(message.invoice) : null,
  ];
}

/** @param {Message} message @param {string} sender */
function photo(message, sender) {
  const largest = /** @type {import("./types").PhotoSize[]} */ (message.photo).at(-1);
  if (!largest) return null;
  const address = fileAddress(largest.file_unique_id);
  const name = message.caption ? `Photo: ${message.caption}` : `Photo from ${isolated(sender)}`;
  const image = element("img", {
    src: address,
    alt: name,
    width: largest.width,
    height: largest.height,
    decoding: "async",
  });
  const button = element(
    "button",
    { type: "button", class: "photo", title: "View larger", click: () => showPicture(address, name) },
    image,
  );
  const scale = Math.min(1, WIDEST / largest.width, HIGHEST / largest.height);
  button.style.setProperty("--width", `${Math.max(80, Math.round(largest.width * scale))}px`);
  button.style.setProperty("--ratio", `${largest.width} / ${largest.height}`);
  return button;
}

/** @param {import("./types").Document} file */
function documentCard(file) {
  const name = file.file_name ?? "Document";
  const words = card(name, [sizeText(file.file_size), file.mime_type].filter(Boolean).join(" · "));
  const attributes = {
    class: "card card-link",
    href: fileAddress(file.file_unique_id),
    download: name,
    "aria-label": `Download ${isolated(name)}`,
  };
  return element("a", attributes, badge("document"), words, icon("download"));
}

/** @param {string} title @param {string} detail */
function card(title, detail) {
  const detailNode = detail ? element("span", { class: "card-detail", text: detail }) : null;
  const titleNode = element("span", { class: "card-title", dir: "auto", title, text: title });
  return element("span", { class: "card-words" }, titleNode, detailNode);
}

/** @param {import("./icons").IconName} name */
function badge(name) {
  return element("span", { class: "card-badge" }, icon(name));
}

/** @param {NonNullable<Message["contact"]>} contact */
function contactCard(contact) {
  return element("div", { class: "card" }, badge("contact"), card(fullName(contact), contact.phone_number));
}

/** @param {NonNullable<Message["location"]>} place */
function locationCard({ latitude, longitude }) {
  return element(
    "div",
    { class: "card" },
    badge("location"),
    card("Location", `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`),
  );
}

/** @param {import("./types").Invoice} invoice */
function invoiceCard(invoice) {
  const price = element("span", { class: "invoice-price", text: `${moneyText(invoice)} · play money` });
  return element("div", { class: "card invoice" }, badge("money"), card(invoice.title, invoice.description), price);
}
