// @ts-check
/** Modal windows on the native <dialog>: it keeps the focus inside, closes on Escape and gives the focus back. */

import { element, freshId } from "./dom.js";
import { icon } from "./icons.js";

/** @param {string} title @param {Node[]} content @param {string} [className] */
export function openDialog(title, content, className = "") {
  const titleId = freshId("dialog-title");
  const close = element("button", { type: "button", class: "icon-button", "aria-label": "Close" }, icon("close"));
  const heading = element("h2", { id: titleId, dir: "auto", text: title });
  const head = element("div", { class: "dialog-head" }, heading, close);
  const dialog = element("dialog", { class: `dialog ${className}`, "aria-labelledby": titleId }, head, ...content);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** @param {string} title @param {string} text */
export function showAlert(title, text) {
  const done = element("button", { type: "button", class: "button primary", autofocus: true, text: "OK" });
  const content = element("p", { class: "dialog-text", dir: "auto", text });
  const dialog = openDialog(title, [content, element("div", { class: "dialog-buttons" }, done)], "dialog-small");
  done.addEventListener("click", () => dialog.close());
}

/** @param {string} address @param {string} name */
export function showPicture(address, name) {
  const image = element("img", { class: "lightbox-picture", src: address, alt: name });
  openDialog(name, [image], "lightbox");
}

/**
 * A form in a dialog. It closes when `save` is done; until then it shows what went wrong.
 * @param {string} title @param {Node[]} fields @param {string} action @param {() => Promise<unknown>} save
 */
export function openForm(title, fields, action, save) {
  const problem = element("p", { class: "form-problem", role: "alert" });
  const submit = element("button", { type: "submit", class: "button primary", text: action });
  const cancel = element("button", { type: "button", class: "button", text: "Cancel" });
  const buttons = element("div", { class: "dialog-buttons" }, cancel, submit);
  const form = element("form", { class: "form" }, ...fields, problem, buttons);
  const dialog = openDialog(title, [form]);
  cancel.addEventListener("click", () => dialog.close());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save().then(
      () => dialog.close(),
      (error) => {
        problem.textContent = error.message;
      },
    );
  });
  return dialog;
}

/** @param {string} label @param {Record<string, any>} attributes @param {string} [hint] */
export function field(label, attributes, hint) {
  const id = freshId("field");
  const hintId = hint ? `${id}-hint` : null;
  const input = element("input", { id, autocomplete: "off", "aria-describedby": hintId, ...attributes });
  const hintNode = hint
    ? element("span", { id: /** @type {string} */ (hintId), class: "field-hint", text: hint })
    : null;
  return {
    input,
    node: element("div", { class: "field" }, element("label", { for: id, text: label }), input, hintNode),
  };
}
