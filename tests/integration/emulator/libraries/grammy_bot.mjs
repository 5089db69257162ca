// A bot as grammY's users write them.

import { createHash } from "node:crypto";
import { createServer } from "node:http";

import { Bot, GrammyError, InlineKeyboard, InputFile, Keyboard, webhookCallback } from "grammy";

const { BOT_TOKEN: token, API_URL: apiRoot, MODE: mode, WEBHOOK_SECRET: secretToken } = process.env;
const port = Number(process.env.WEBHOOK_PORT);

// 16 by 8 pixels, black.
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAABAAAAAIAQAAAADYDUI6AAAAC0lEQVR42mNgwA4AABgAAUbbswsAAAAASUVORK5CYII=",
  "base64",
);

// With a webhook the chat action is the answer to the delivery.
const canUseWebhookReply = (method) => method === "sendChatAction";
const bot = new Bot(token, { client: { apiRoot, canUseWebhookReply } });

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const buttons = (...labels) =>
  InlineKeyboard.from([labels.map((label) => InlineKeyboard.text(label, label.toLowerCase()))]);

// A line for the test to read.
function note(event, error) {
  const retryAfter = error.parameters?.retry_after ?? null;
  console.log(JSON.stringify({ event, error: error.name, retry_after: retryAfter }));
}

function isRefusal(error, code) {
  return error instanceof GrammyError && error.error_code === code;
}

bot.command("start", (context) =>
  context.reply(`Hello, <b>${escaped(context.from.first_name)}</b>!`, {
    parse_mode: "HTML",
    reply_markup: buttons("Toast", "Alert"),
  }));

bot.callbackQuery("toast", async (context) => {
  await context.answerCallbackQuery("A toast");
  await context.editMessageText("You had a toast.", { reply_markup: buttons("Alert") });
});

bot.callbackQuery("alert", async (context) => {
  await context.answerCallbackQuery({ text: "An alert", show_alert: true });
  await context.editMessageText("You had an alert.", { reply_markup: buttons("Toast") });
});

bot.command("keyboard", (context) =>
  context.reply("Which one?", { reply_markup: new Keyboard().text("Tea").text("Coffee").resized() }));

bot.hears(["Tea", "Coffee"], (context) =>
  context.reply(`${context.message.text} it is.`, { reply_markup: { remove_keyboard: true } }));

bot.command("photo", async (context) => {
  const sent = await context.replyWithPhoto(new InputFile(PICTURE, "picture.png"), { caption: "Uploaded" });
  await context.replyWithPhoto(sent.photo.at(-1).file_id, { caption: "By its file_id" });
});

bot.command("document", (context) =>
  context.replyWithDocument(new InputFile(Buffer.from("A note."), "note.txt"), { caption: "A document" }));

bot.on("message:document", async (context) => {
  const file = await context.getFile();
  const response = await fetch(`${apiRoot}/file/bot${token}/${file.file_path}`);
  const content = Buffer.from(await response.arrayBuffer());
  await context.reply(`${content.length} ${createHash("sha256").update(content).digest("hex")}`);
});

bot.command("pay", (context) =>
  context.replyWithInvoice("Tea", "A cup of it", "tea", "XTR", [{ label: "Tea", amount: 5 }]));

bot.on("pre_checkout_query", (context) => context.answerPreCheckoutQuery(true));

bot.on("message:successful_payment", (context) => {
  const paid = context.message.successful_payment;
  return context.reply(`Thank you for ${paid.total_amount} ${paid.currency} for ${paid.invoice_payload}.`);
});

bot.command("delete", async (context) => {
  const sent = await context.reply("Soon gone");
  await context.api.deleteMessage(context.chat.id, sent.message_id);
  await context.reply("Deleted");
});

bot.command("typing", async (context) => {
  await context.replyWithChatAction("typing");
  await context.reply("Typed");
});

bot.command("commands", async (context) => {
  const scope = { type: "chat", chat_id: context.chat.id };
  await context.api.setMyCommands([{ command: "start", description: "Beginnen" }], { scope, language_code: "de" });
  await context.reply("Set");
});

bot.command("tell", async (context) => {
  try {
    await context.api.sendMessage(Number(context.match), "Somebody thinks of you.");
  } catch (error) {
    if (!isRefusal(error, 403)) throw error;
    note("forbidden", error);
    await context.reply(error.description);
  }
});

bot.command("bad", async (context) => {
  try {
    await context.reply("<b>never closed", { parse_mode: "HTML" });
  } catch (error) {
    if (!isRefusal(error, 400)) throw error;
    note("bad request", error);
    await context.reply(error.description);
  }
});

bot.on("message:text", (context) => context.reply(context.message.text));

bot.catch(({ error }) => note("failed", error));

async function receiveByWebhook() {
  const take = webhookCallback(bot, "http", { secretToken });
  const server = createServer((request, response) =>
    take(request, response).catch((failure) => {
      note("failed", failure.error ?? failure);
      response.writeHead(500).end();
    }));
  process.once("SIGTERM", () => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(port, "127.0.0.1");
  await bot.api.setWebhook(`http://127.0.0.1:${port}/webhook`, { secret_token: secretToken });
}

async function receiveByPolling() {
  process.once("SIGTERM", () => bot.stop());
  await bot.start();
}

await (mode === "webhook" ? receiveByWebhook() : receiveByPolling());
