"""fastText behind FastAPI, for serve.py with uvicorn: the same answers as peer_app's, the request checked by its model as its
users write it. `async`, which spares the thread pool and is the faster way for so short a task."""

import fastapi
import pydantic
from peer_app import MODEL


class Configuration(pydantic.BaseModel):
    k: int = 1


class Request(pydantic.BaseModel):
    instances: list[str]
    configuration: Configuration = Configuration()


app = fastapi.FastAPI()


@app.post("/invocations")
async def invocations(request: Request):
    labels, probabilities = MODEL.predict(request.instances, k=request.configuration.k)
    return [{"label": list(best), "prob": [float(p) for p in sure]} for best, sure in zip(labels, probabilities)]
