#!/usr/bin/env python3
"""Trains a text classifier with the Wordfire image by the SageMaker Python SDK, and hosts it: pip install 'sagemaker<3'

On this machine, in a container that Docker Compose starts (local mode); the channels are folders:
  docker/estimator.py --image wordfire --train file:///data/train --validation file:///data/validation --output file:///data/out

In the cloud, with the image that docker/push has pushed; on Spot machines the job goes on from its checkpoints:
  docker/estimator.py --image ACCOUNT.dkr.ecr.REGION.amazonaws.com/wordfire:latest --role ROLE --spot \\
    --train s3://BUCKET/train --validation s3://BUCKET/validation --output s3://BUCKET/out

With --deploy an endpoint then answers for two sentences, and is deleted again. With --transform URI batch transform labels a
folder of JSON lines ({"source": "the text"}); its files come back as NAME.out below the output.
"""

import argparse

import boto3
from sagemaker import Session
from sagemaker.deserializers import JSONDeserializer
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.local import LocalSession
from sagemaker.serializers import JSONSerializer

# BlazingText's names and defaults; what Wordfire adds (deterministic, loss, ...) is in README's table of options.
HYPERPARAMETERS = {
    "mode": "supervised",
    "epochs": 20,
    "min_count": 2,
    "learning_rate": 0.05,
    "vector_dim": 10,
    "early_stopping": True,
    "patience": 4,
    "min_epochs": 5,
    "word_ngrams": 2,
}
# The service knows the metrics of its own images alone; for any other image it wants to be told what to look for in the log.
# All metrics, as JSON: docker run --rm wordfire train --describe-algorithm
METRICS = [
    {"Name": "train:accuracy", "Regex": r"#train_accuracy: ([0-9.]+)"},
    {"Name": "validation:accuracy", "Regex": r"#validation_accuracy: ([0-9.]+)"},
    {"Name": "train:mean_rho", "Regex": r"#mean_rho: (-?[0-9.eE-]+)"},
]
# One text is one instance, prepared as the training text was: lower case, punctuation marks on their own, ...
SENTENCES = ["the company makes engines and motor cars .", "she is a singer and wrote three albums ."]
LABELS_EACH = 2


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", required=True)
    parser.add_argument("--train", required=True, help="file:// or s3:// URI of a folder")
    parser.add_argument("--validation", required=True, help="file:// or s3:// URI of a folder")
    parser.add_argument("--output", required=True, help="where model.tar.gz goes")
    parser.add_argument("--role", default="arn:aws:iam::111111111111:role/none", help="local mode takes any")
    parser.add_argument("--region", default=boto3.Session().region_name or "us-east-1")
    parser.add_argument("--instance", default="ml.c5.4xlarge", help="machine of a job in the cloud")
    parser.add_argument("--hosting", default="ml.c5.large", help="machine of an endpoint or transform in the cloud")
    parser.add_argument("--deploy", action="store_true", help="host the model and ask it")
    parser.add_argument("--transform", help="label the files of this folder, file:// or s3:// URI")
    parser.add_argument("--spot", action="store_true", help="train on Spot machines, with checkpoints beside the output")
    return parser.parse_args()


def is_local(arguments):
    return arguments.train.startswith("file://")


def where_it_runs(arguments):
    """The arguments of Estimator that differ between this machine and the cloud."""
    session = boto3.Session(region_name=arguments.region)
    if is_local(arguments):
        return {"instance_type": "local", "sagemaker_session": LocalSession(session)}
    return {"instance_type": arguments.instance, "sagemaker_session": Session(session), **spot_settings(arguments)}


def spot_settings(arguments):
    """A Spot machine may be taken away at any time: the checkpoints in checkpoint_s3_uri are what the next one begins with."""
    if not arguments.spot:
        return {}
    return {
        "use_spot_instances": True,
        "max_run": 3600,
        "max_wait": 7200,
        "checkpoint_s3_uri": arguments.output.rstrip("/") + "/checkpoints",
    }


def hosting_machine(arguments):
    return "local" if is_local(arguments) else arguments.hosting


def try_endpoint(estimator, arguments):
    """The SDK would send application/octet-stream without these serializers, which no model understands."""
    predictor = estimator.deploy(
        initial_instance_count=1,
        instance_type=hosting_machine(arguments),
        serializer=JSONSerializer(),
        deserializer=JSONDeserializer(),
    )
    try:
        answers = predictor.predict({"instances": SENTENCES, "configuration": {"k": LABELS_EACH}})
        for sentence, answer in zip(SENTENCES, answers):
            print(f"{sentence} {answer}")
    finally:
        predictor.delete_endpoint()


def transform(estimator, arguments):
    """Lines are packed into requests of some MB, and the answers put together again: as many lines as went in."""
    transformer = estimator.transformer(
        instance_count=1,
        instance_type=hosting_machine(arguments),
        strategy="MultiRecord",
        assemble_with="Line",
        accept="application/jsonlines",
        output_path=arguments.output.rstrip("/") + "/labelled",
    )
    # Local mode prints the container's log itself; the SDK would look for it in the cloud.
    transformer.transform(
        arguments.transform, content_type="application/jsonlines", split_type="Line", wait=True, logs=not is_local(arguments)
    )
    print(f"labelled: {transformer.output_path}")


def main():
    arguments = read_arguments()
    estimator = Estimator(
        image_uri=arguments.image,
        role=arguments.role,
        instance_count=1,
        output_path=arguments.output,
        hyperparameters=HYPERPARAMETERS,
        metric_definitions=METRICS,
        **where_it_runs(arguments),
    )
    # One line an example: __label__NAME and the words. content_type application/x-recordio and others are read as well, and
    # with input_mode="Pipe" the service streams the channel instead of copying it first.
    estimator.fit(
        {
            "train": TrainingInput(arguments.train, content_type="text/plain"),
            "validation": TrainingInput(arguments.validation, content_type="text/plain"),
        }
    )
    print(f"model: {estimator.model_data}")
    if arguments.deploy:
        try_endpoint(estimator, arguments)
    if arguments.transform:
        transform(estimator, arguments)


if __name__ == "__main__":
    main()
