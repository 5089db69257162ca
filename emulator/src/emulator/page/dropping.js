// @ts-check
/** Files dragged onto a pane. */

/** @param {HTMLElement} place @param {(files: File[]) => void} dropped */
export function acceptFiles(place, dropped) {
  const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  const mark = (/** @type {boolean} */ on) => place.classList.toggle("dragging", on);
  place.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark(true);
  });
  place.addEventListener("dragleave", (event) => {
    if (!place.contains(/** @type {Node|null} */ (event.relatedTarget))) mark(false);
  });
  place.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark(false);
    dropped([...(event.dataTransfer?.files ?? [])]);
  });
}
