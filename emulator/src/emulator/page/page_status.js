// @ts-check
/** What the page as a whole says: its title, how the bot receives, and whether the emulator answers. */

import { byId, setText } from "./dom.js";
import { isAway } from "./faults.js";
import { oncePerFrame } from "./frames.js";
import { isolated } from "./names.js";
import { unreadCount } from "./reading.js";
import { chatsOf, listen, state } from "./store.js";

const RECEIVING = {
  polling: { short: "The bot polls", long: "The bot asks for updates (long polling)." },
  webhook: { short: "Webhook", long: "Updates go to the bot’s webhook." },
  idle: { short: "Nobody asks for updates", long: "Nobody asks for updates: is the bot running?" },
};
const AWAY = { short: "Telegram is away", long: "Telegram is away: the bot cannot ask for updates." };

/** How the bot receives just now, in words. */
export function receivingNow() {
  const how = state.counts?.receiving;
  if (!how) return null;
  if (how !== "webhook" && isAway(state.faults)) return { how: "idle", ...AWAY };
  return { how, ...RECEIVING[how] };
}

export function startPageStatus() {
  const title = oncePerFrame(drawTitle);
  for (const topic of ["snapshot", "chats", "reads"]) listen(topic, title);
  for (const topic of ["counts", "faults"]) listen(topic, drawReceiving);
  listen("connection", drawBanner);
}

function drawTitle() {
  byId("bot-name").dir = "auto";
  setText(byId("bot-name"), state.bot.username ? `${state.bot.first_name}` : "Bot emulator");
  const views = [...state.people.keys()].flatMap((person) =>
    chatsOf(person).map(({ info }) => ({ person, chat: info.id })),
  );
  const count = views.reduce((sum, view) => sum + unreadCount(view), 0);
  const title = `${count ? `(${count}) ` : ""}${isolated(state.bot.first_name)} · Bot emulator`;
  if (document.title !== title) document.title = title;
}

function drawReceiving() {
  const node = byId("receiving");
  const now = receivingNow();
  node.hidden = !now;
  if (!now) return;
  node.className = `receiving receiving-${now.how}`;
  node.title = now.long;
  setText(node, now.short);
}

function drawBanner() {
  const banner = byId("connection-banner");
  banner.hidden = state.connected;
  setText(banner, state.connected ? "" : "The emulator does not answer; trying again…");
}
