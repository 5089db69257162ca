// @ts-check
/** The stream of events from the server, opened again for as long as it takes. */

import { receive, setConnected } from "./store.js";

const PAUSE = 1500;
const SILENCE_BEFORE_BANNER = 400;

/** @type {EventSource|null} */
let stream = null;
let bannerTimer = 0;

export function connect() {
  stream?.close();
  stream = new EventSource("/control/events");
  for (const name of Object.keys(receive)) stream.addEventListener(name, (event) => hear(name, event));
  stream.addEventListener("open", connected);
  stream.addEventListener("error", disconnected);
}

/** @param {string} name @param {MessageEvent} event */
function hear(name, event) {
  if (name === "snapshot") connected();
  receive[name](JSON.parse(event.data));
}

function connected() {
  clearTimeout(bannerTimer);
  bannerTimer = 0;
  setConnected(true);
}

/** A browser gives up after an HTTP error; then the page itself has to try again. */
function disconnected() {
  if (!bannerTimer) bannerTimer = window.setTimeout(() => setConnected(false), SILENCE_BEFORE_BANNER);
  if (stream?.readyState === EventSource.CLOSED) setTimeout(connect, PAUSE);
}
