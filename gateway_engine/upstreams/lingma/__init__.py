"""The Lingma process as an upstream: JSON-RPC with LSP framing inside a WebSocket."""
