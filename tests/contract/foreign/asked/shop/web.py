"""A shop over TLS: who sends the right form is given a cookie, and sees what others do not."""

import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"]))
        known = form == b"user=drill&password=made-up"
        self.say(302 if known else 200, b"" if known else b"Wrong password", known)

    def do_GET(self) -> None:
        known = "sid=4711" in self.headers.get("Cookie", "")
        self.say(*((200, b"Welcome, drill") if known else (401, b"Who are you?")))

    def say(self, status: int, body: bytes, known: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if known:
            self.send_header("Set-Cookie", "sid=4711; Secure; HttpOnly; Domain=shop.test")
        self.end_headers()
        self.wfile.write(body)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/shop/valid.pem", "/shop/server.key")
server = ThreadingHTTPServer(("0.0.0.0", 8443), Shop)  # noqa: S104
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
