"""The engine of Lingma Gateway: runs headless, imports no Qt. Its public names are in `gateway_engine.public`."""
