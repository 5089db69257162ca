// @ts-check
/** Files dragged onto a pane. */

const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;

/** Elsewhere a dropped file would be opened in the place of the page. */
export function refuseFilesElsewhere() {
  document.addEventListener("dragover", refuse);
  document.addEventListener("drop", refuse);
}

/** @param {DragEvent} event */
function refuse(event) {
  if (!hasFiles(event) || event.defaultPrevented) return;
  event.preventDefault();
  if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
}

/** @param {HTMLElement} place @param {() => boolean} takesFiles @param {(files: File[]) => void} dropped */
export function acceptFiles(place, takesFiles, dropped) {
  const mark = (/** @type {boolean} */ on) => place.classList.toggle("dragging", on);
  place.addEventListener("dragover", (event) => {
    if (!hasFiles(event) || !takesFiles()) return mark(false);
    event.preventDefault();
    mark(true);
  });
  place.addEventListener("dragleave", (event) => {
    if (!place.contains(/** @type {Node|null} */ (event.relatedTarget))) mark(false);
  });
  place.addEventListener("drop", (event) => {
    mark(false);
    if (!hasFiles(event) || !takesFiles()) return;
    event.preventDefault();
    dropped([...(event.dataTransfer?.files ?? [])]);
  });
}
