"""The engine of Lingma Gateway: headless, no Qt. Its public names: `gateway_engine.public`."""
