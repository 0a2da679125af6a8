"""Requests that no server should take, made from a seed (reliability R13): each is bytes, and what happens to the
connection behind it is up to the server."""

import json
import random

from endpoint import post

DEEP = 100_000
MANY = 1_000_000


def random_bytes(chance):
    return chance.randbytes(chance.randint(1, 400)) + b"\r\n\r\n"


def wrong_json(chance):
    deep = chance.choice([b"[", b'{"a":', b'{"instances":['])
    return post(chance.choice([
        deep * chance.choice([10, 1025, DEEP]), b'{"instances": ["\\ud800"]}', b'{"instances": ["\xff\xfe"]}',
        b'{"instances": [NaN]}', b'{"instances": [1e999]}', b'{"instances": [' + b"9" * 1000 + b"]}",
        b'{"instances": ["a"], "instances": ["b"]}', b'{"instances": ["a"], "configuration": {"k": -1}}',
        b'{"instances": ["a"], "configuration": {"k": 99999999999999999999}}', b'{"instances": "a"}', b'{"instances"',
        b'{"instances": [null]}', b"[]", b'"{\\"instances\\": []}"', b"", b"\x00", b"\xef\xbb\xbf{", b"{}" * 2,
        json.dumps({"instances": ["a"], "configuration": "x"}).encode()]))


def wrong_headers(chance):
    line = chance.choice([
        b"Content-Length: -1", b"Content-Length: 18446744073709551616", b"Content-Length: 1\r\nContent-Length: 2",
        b"Content-Length: 1e3", b"Content-Length: 99999999999", b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked, gzip", b"Transfer-Encoding: chunked, chunked", b": empty",
        b"Name With Blanks: 1", b"A" * chance.choice([100, 17_000]) + b": 1", b"A: " + b"b" * 20_000, b"\x00: 1",
        b"A: \x01", b"Host: h", b"Expect: magic", b"Content-Encoding: gzip", b"Connection: \x7f", b"Content-Type: application/json\r\n" * 600 + b"A: b"])
    return b"POST /invocations HTTP/1.1\r\nHost: h\r\n" + line + b"\r\n\r\n"


def wrong_chunks(chance):
    chunks = chance.choice([
        b"x\r\n", b"-1\r\n", b"fffffffffffffffff\r\n", b"ffffffffffffffff\r\nab", b"7fffffff\r\n" + b"a" * 100, b"3\r\nabcd\r\n",
        b"3;" + b"e" * 20_000, b"".join(b"1\r\n%c\r\n" % chance.randint(33, 126) for _ in range(300)) + b"0\r\n\r\n",
        b"0\r\n" + b"t: v\r\n" * 4000 + b"\r\n", b"0\r\nContent-Length: 5\r\n\r\n"])
    return (b"POST /invocations HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)


def wrong_line(chance):
    return chance.choice([
        b"GET", b"GET /ping", b"GET /ping HTTP/2.0", b"GET /ping HTTP/0.9", b"get /ping HTTP/1.1",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET /ping HTTP/1.1 more", b"GET  /ping HTTP/1.1",
        b"PRI * HTTP/2.0\r\n\r\nSM", b"TRACE / HTTP/1.1", b"CONNECT host:1 HTTP/1.1", b"DELETE /ping HTTP/1.1",
        b"OPTIONS * HTTP/1.1", b"GET /" + b"a" * chance.choice([10, 20_000]) + b" HTTP/1.1"]) + b"\r\nHost: h\r\n\r\n"


def hostile_path(chance):
    up = chance.choice([b"..", b"%2e%2e", b"%2E.", b"..%00", b"..%c0%af", b"..%5c", b"%252e%252e", b"....//", b"..;"])
    start = chance.choice([b"/models/", b"/invocations/", b"/", b"/ping/", b"//", b"/./", b"\\"])
    end = chance.choice([b"etc/passwd", b"invoke", b"model.bin", b"proc/self/environ", b""])
    method = chance.choice([b"GET", b"POST", b"DELETE"])
    return method + b" " + start + (up + b"/") * chance.randint(1, 9) + end + b" HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"


def wrong_type(chance):
    kind = chance.choice(["application/octet-stream", "image/png", "application/json/x", "*/*", ";;;", "a" * 300, "text/html"])
    return post(b'{"instances": ["a"]}', content_type=kind)


KINDS = (random_bytes, wrong_json, wrong_headers, wrong_chunks, wrong_line, hostile_path, wrong_type)


def requests(count, seed):
    """`count` requests, evenly of all kinds; the largest once each, in front."""
    chance = random.Random(seed)
    yield post(b"{" + b",".join(b'"%d":1' % i for i in range(MANY)) + b"}")
    yield post(b"[" * (8 * DEEP))
    for i in range(count - 2):
        yield KINDS[i % len(KINDS)](chance)
