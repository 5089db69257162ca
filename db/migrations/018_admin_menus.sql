-- Chats that show the admins' commands: whoever is no admin any more must not see them.
CREATE TABLE admin_menus (
    chat_id bigint PRIMARY KEY
);
