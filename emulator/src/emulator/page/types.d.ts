/** What the server sends, and what the page makes of it. Read by editors and the type checker only. */

export interface User {
  id: number;
  is_bot?: boolean;
  first_name: string;
  last_name?: string;
  username?: string;
}

export interface Command {
  command: string;
  description: string;
}

export interface Person extends User {
  language_code?: string;
  blocked: boolean;
  deactivated: boolean;
  commands?: Command[];
}

export interface Entity {
  type: string;
  offset: number;
  length: number;
  url?: string;
  language?: string;
  user?: User;
}

export interface PhotoSize {
  file_id: string;
  file_unique_id: string;
  width: number;
  height: number;
  file_size?: number;
}

export interface Document {
  file_id: string;
  file_unique_id: string;
  file_name?: string;
  mime_type?: string;
  file_size?: number;
}

export interface Money {
  currency: string;
  total_amount: number;
}

export interface Invoice extends Money {
  title: string;
  description: string;
}

export interface InlineButton {
  text: string;
  callback_data?: string;
  url?: string;
  pay?: boolean;
  copy_text?: { text: string };
  [kind: string]: unknown;
}

export interface ReplyButton {
  text: string;
  request_contact?: boolean;
  request_location?: boolean;
  [kind: string]: unknown;
}

export interface Keyboard {
  keyboard?: (ReplyButton | string)[][];
  resize_keyboard?: boolean;
  one_time_keyboard?: boolean;
  input_field_placeholder?: string;
  remove_keyboard?: boolean;
  force_reply?: boolean;
}

export interface Message {
  message_id: number;
  from?: User;
  chat: { id: number; type: string; title?: string };
  date: number;
  edit_date?: number;
  text?: string;
  entities?: Entity[];
  caption?: string;
  caption_entities?: Entity[];
  photo?: PhotoSize[];
  document?: Document;
  contact?: { phone_number: string; first_name: string; last_name?: string };
  location?: { latitude: number; longitude: number };
  reply_to_message?: Message;
  reply_markup?: { inline_keyboard?: InlineButton[][] };
  invoice?: Invoice;
  successful_payment?: Money;
  refunded_payment?: Money;
  new_chat_members?: User[];
  left_chat_member?: User;
  new_chat_title?: string;
  pinned_message?: Message;
  group_chat_created?: boolean;
  forward_origin?: { type: string; sender_user?: User; sender_user_name?: string; chat?: { title?: string } };
  [kind: string]: unknown;
}

export interface Entry {
  message: Message;
  answered_in_ms: number | null;
  edits: number;
  from_person: number | null;
  keyboard?: Keyboard;
}

export interface ChatInfo {
  id: number;
  type: string;
  title?: string;
  members: number[];
  read?: Record<string, number>;
  has_earlier?: boolean;
}

export interface Chat {
  info: ChatInfo;
  entries: Entry[];
  hasEarlier: boolean;
  read: Record<string, number>;
}

export interface Fault {
  id: number;
  method: string;
  kind: string;
  status?: number;
  description?: string;
  retry_after?: number;
  seconds?: number;
  times: number | null;
  share: number;
  executed?: boolean;
  struck: number;
}

export interface Counts {
  sent: number;
  waiting: number;
  confirmed: number;
  redelivered: number;
  expired: number;
  calls: number;
  failed: number;
  failed_polls: number;
  retried: number;
  messages: number;
  receiving: "polling" | "webhook" | "idle";
}

/** One person's view of one chat. */
export interface View {
  person: number;
  chat: number;
}

/** What a message in a pane can ask its pane to do. */
export interface PaneActions {
  send(text: string): void;
  reply(entry: Entry): void;
  edit(entry: Entry): void;
  showMessage(messageId: number): void;
}
