// @ts-check
/** What the page as a whole says: its title, how the bot receives, and whether the emulator answers. */

import { byId, setText } from "./dom.js";
import { oncePerFrame } from "./frames.js";
import { unreadCount } from "./reading.js";
import { chatsOf, listen, state } from "./store.js";

export const RECEIVING = {
  polling: { short: "The bot polls", long: "The bot asks for updates (long polling)." },
  webhook: { short: "Webhook", long: "Updates go to the bot’s webhook." },
  idle: { short: "Nobody asks for updates", long: "Nobody asks for updates: is the bot running?" },
};

export function startPageStatus() {
  const title = oncePerFrame(drawTitle);
  for (const topic of ["snapshot", "chats", "reads"]) listen(topic, title);
  listen("counts", drawReceiving);
  listen("connection", drawBanner);
}

function drawTitle() {
  setText(byId("bot-name"), state.bot.username ? `${state.bot.first_name}` : "Bot emulator");
  const views = [...state.people.keys()].flatMap((person) =>
    chatsOf(person).map(({ info }) => ({ person, chat: info.id })),
  );
  const count = views.reduce((sum, view) => sum + unreadCount(view), 0);
  const title = `${count ? `(${count}) ` : ""}${state.bot.first_name} · Bot emulator`;
  if (document.title !== title) document.title = title;
}

function drawReceiving() {
  const node = byId("receiving");
  const how = state.counts?.receiving;
  node.hidden = !how;
  if (!how) return;
  node.className = `receiving receiving-${how}`;
  node.title = RECEIVING[how].long;
  setText(node, RECEIVING[how].short);
}

function drawBanner() {
  const banner = byId("connection-banner");
  banner.hidden = state.connected;
  setText(banner, state.connected ? "" : "The emulator does not answer; trying again…");
}
