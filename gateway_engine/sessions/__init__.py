"""Which upstream session a conversation goes on in. Pure: the clock is handed in."""
