"""The city's organisations and the facts about them."""
