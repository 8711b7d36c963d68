"""The gateway against a bare relay, in ratios: `python -m tests.bench` (`dev.py bench`).

One machine's figures mean nothing on another, and a busy machine's not even on itself. So every
figure is a ratio of two programs that were measured in turns, round by round, in one run:

    load client ──HTTP──▶ gateway ──LSP frames in a WebSocket──▶ fast upstream (as Lingma)
         └──────HTTP──▶ bare relay ──HTTP──▶ fast upstream (as a server of the client's protocol)

* The relay is the least a Python gateway could be: aiohttp in, aiohttp out, bytes forwarded as they
  come, nothing parsed. What the gateway costs above 1.0 is the price of what it does: two
  protocols, JSON both ways, the door's checks, the log, supervision. In a burst the relay forwards
  whole buffers where the gateway reads every piece, and a prompt goes out five times, because the
  wire wants it so: those ratios compare unequal work on purpose.
* Both upstreams are one program (`fast_upstream`) that answers from precomputed bytes, with equally
  many pieces of the same text at the same pace; it is never the bottleneck.
* The load client is a process of its own that speaks raw HTTP/1.1 over kept-alive connections. It
  connects before the clock starts and checks that every answer ended well.
* CPU time is the whole process's own, from the kernel: the figure that noise touches least.
"""
