"""How the schema came to be, step by step. A step that has been released is never changed."""
