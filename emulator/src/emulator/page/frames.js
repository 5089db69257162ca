// @ts-check
/** Many events, one drawing: work that is asked for again and again is done once in the next frame. */

/** @type {Set<() => void>} */
const due = new Set();
let planned = false;

/** A function that draws in the next frame, however often it is called until then. @param {() => void} draw */
export function oncePerFrame(draw) {
  return () => {
    due.add(draw);
    if (!planned) plan();
  };
}

/** Hidden pages get no frames, but their title shall still count: whichever comes first. */
function plan() {
  planned = true;
  requestAnimationFrame(drawAll);
  setTimeout(drawAll, 250);
}

function drawAll() {
  if (!planned) return;
  planned = false;
  const drawings = [...due];
  due.clear();
  for (const draw of drawings) draw();
}

/** At most once in so many milliseconds, the last call never lost. @param {number} pause @param {() => void} action */
export function atMostEvery(pause, action) {
  let earliest = 0;
  let timer = 0;
  const run = () => {
    timer = 0;
    earliest = Date.now() + pause;
    action();
  };
  return () => {
    if (!timer) timer = window.setTimeout(run, Math.max(0, earliest - Date.now()));
  };
}
