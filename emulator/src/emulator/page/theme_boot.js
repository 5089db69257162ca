// A classic script, so that the chosen theme is there before the first paint.
try {
  document.documentElement.dataset.theme = localStorage.getItem("emulator.theme") || "auto";
} catch {
  document.documentElement.dataset.theme = "auto";
}
