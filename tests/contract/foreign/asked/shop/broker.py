"""A queue that is asked for a sign of life."""

import socketserver


class Queue(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        said = self.rfile.readline().split()
        self.wfile.write(b"+PONG\r\n" if said == [b"PING"] else b"-ERR\r\n")


socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(("0.0.0.0", 6379), Queue).serve_forever()  # noqa: S104
