"""A stand-in for the Lingma program: its own process, its command line, its wire.

It is the demo upstream (what a user without Lingma meets) and the tests' upstream. Nothing of
the engine is imported here, so that a misreading of the wire cannot cancel itself out; both
sides meet the hand-written transcripts in ``tests/golden/lingma_wire``.
"""
