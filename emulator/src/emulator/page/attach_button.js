// @ts-check

import * as api from "./api.js";
import { element } from "./dom.js";
import { icon } from "./icons.js";
import { openLocationDialog } from "./location_dialog.js";
import { makeMenuButton } from "./menus.js";

/**
 * @param {import("./types").View} view
 * @param {(files: File[], asPicture: boolean) => void} addFiles
 * @param {(doing: () => Promise<unknown>) => void} attempt
 */
export function attachButton(view, addFiles, attempt) {
  const button = element(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Attach", title: "Attach" },
    icon("attach"),
  );
  makeMenuButton(button, () => [
    { label: "Picture", icon: "picture", action: () => chooseFiles("image/*", (files) => addFiles(files, true)) },
    { label: "File", icon: "document", action: () => chooseFiles("", (files) => addFiles(files, false)) },
    { label: "My phone number", icon: "contact", action: () => attempt(() => api.shareContact(view)) },
    { label: "Location", icon: "location", action: () => openLocationDialog(view) },
  ]);
  return button;
}

/** @param {string} accept @param {(files: File[]) => void} chosen */
function chooseFiles(accept, chosen) {
  const input = element("input", { type: "file", multiple: true, accept: accept || null });
  input.addEventListener("change", () => chosen([...(input.files ?? [])]));
  input.click();
}
