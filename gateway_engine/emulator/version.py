"""How the emulator names itself; a client can tell it from the real program only by these."""

SERVER_NAME = "lingma-emulator"
VERSION = "2.11.1-emulator"
