"""One HTTP request on the loopback of wherever this runs: tests start it in the network namespace of a container.

usage: http_call.py PORT METHOD PATH [NAME:VALUE...] <BODY >ANSWER; the first line of standard error is the status
"""

import http.client
import sys

TIMEOUT = 60  # seconds


def main():
    port, method, path, *headers = sys.argv[1:]
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=TIMEOUT)
    body = sys.stdin.buffer.read()
    connection.request(method, path, body or None, dict(header.split(":", 1) for header in headers))
    answer = connection.getresponse()
    sys.stdout.buffer.write(answer.read())
    print(answer.status, file=sys.stderr)


if __name__ == "__main__":
    main()
