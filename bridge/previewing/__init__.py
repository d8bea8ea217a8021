"""What `preview` shows: tables, the article as a reader has it, the chat message, the reasons, and a page to compare by eye."""
