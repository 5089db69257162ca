// @ts-check
/** Automatic, light or dark. theme_boot.js has set the choice before the first paint. */

import { byId } from "./dom.js";
import { icon } from "./icons.js";

const KEPT_AS = "emulator.theme";

/** @type {Record<string, {next: string, name: string, icon: import("./icons").IconName}>} */
const THEMES = {
  auto: { next: "light", name: "automatic", icon: "auto" },
  light: { next: "dark", name: "light", icon: "sun" },
  dark: { next: "auto", name: "dark", icon: "moon" },
};

export function startTheme() {
  byId("theme-button").addEventListener("click", () => setTheme(THEMES[currentTheme()].next));
  show();
}

function currentTheme() {
  const theme = document.documentElement.dataset.theme ?? "auto";
  return theme in THEMES ? theme : "auto";
}

/** @param {string} theme */
function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem(KEPT_AS, theme);
  show();
}

function show() {
  const { name, icon: sign } = THEMES[currentTheme()];
  const button = byId("theme-button");
  button.replaceChildren(icon(sign));
  button.setAttribute("aria-label", `Colours: ${name}`);
  button.title = `Colours: ${name}`;
}
