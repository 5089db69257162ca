// @ts-check
/** Puts the page together. */

import { startChatList } from "./chat_list.js";
import { refuseFilesElsewhere } from "./dropping.js";
import { connect } from "./events.js";
import { listen } from "./store.js";
import { restoreOpenChats } from "./open_chats.js";
import { startNewRuns } from "./new_runs.js";
import { startPageStatus } from "./page_status.js";
import { startPanes } from "./panes.js";
import { startShortcuts } from "./shortcuts.js";
import { startTheme } from "./theme.js";
import { startTrouble } from "./trouble.js";
import { startWelcome } from "./welcome.js";

startTheme();
startPageStatus();
startChatList();
startPanes();
startTrouble();
startWelcome();
startShortcuts();
startNewRuns();
refuseFilesElsewhere();
listen("snapshot", restoreOpenChats);
connect();
