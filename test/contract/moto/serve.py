"""moto on a free port of loopback, which it prints. It ends with its standard input, so that it never outlives who started it."""

import os
import sys

from moto.moto_server.threaded_moto_server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
_, port = server.get_host_and_port()
print(port, flush=True)
sys.stdin.read()
# Not by way of a clean end: threads of executions that still run would hold it up.
os._exit(0)
