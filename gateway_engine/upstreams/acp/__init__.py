"""Upstreams that speak the Agent Client Protocol: agents of any make, over stdio or WebSocket."""
