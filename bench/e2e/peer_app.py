"""fastText as people put it behind a Python server, for serve.py: `app` for gunicorn (WSGI), `asgi` for uvicorn. It takes and
gives BlazingText's JSON. The model is the file named by FASTTEXT_MODEL."""

import json
import os

import fasttext

MODEL = fasttext.load_model(os.environ["FASTTEXT_MODEL"])


def answer(body):
    request = json.loads(body)
    k = request.get("configuration", {}).get("k", 1)
    labels, probabilities = MODEL.predict(request["instances"], k=k)
    answers = [{"label": list(best), "prob": [float(p) for p in sure]} for best, sure in zip(labels, probabilities)]
    return json.dumps(answers).encode()


def app(environ, start_response):
    body = answer(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        return await lifespan(receive, send)
    body, more = b"", True
    while more:
        part = await receive()
        body, more = body + part.get("body", b""), part.get("more_body", False)
    body = answer(body)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def lifespan(receive, send):
    while True:
        event = (await receive())["type"]
        await send({"type": event + ".complete"})
        if event == "lifespan.shutdown":
            return
