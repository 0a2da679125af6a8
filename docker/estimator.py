#!/usr/bin/env python3
"""Trains a text classifier with the Wordfire image by the SageMaker Python SDK: pip install 'sagemaker<3'

On this machine, in a container that Docker Compose starts (local mode); the channels are folders:
  docker/estimator.py --image wordfire --train file:///data/train --validation file:///data/validation --output file:///data/out

In the cloud, with the image that docker/push has pushed; on Spot machines the job goes on from its checkpoints:
  docker/estimator.py --image ACCOUNT.dkr.ecr.REGION.amazonaws.com/wordfire:latest --role ROLE --spot \\
    --train s3://BUCKET/train --validation s3://BUCKET/validation --output s3://BUCKET/out
"""

import argparse

import boto3
from sagemaker import Session
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.local import LocalSession

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


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", required=True)
    parser.add_argument("--train", required=True, help="file:// or s3:// URI of a folder")
    parser.add_argument("--validation", required=True, help="file:// or s3:// URI of a folder")
    parser.add_argument("--output", required=True, help="where model.tar.gz goes")
    parser.add_argument("--role", default="arn:aws:iam::111111111111:role/none", help="local mode takes any")
    parser.add_argument("--region", default=boto3.Session().region_name or "us-east-1")
    parser.add_argument("--instance", default="ml.c5.4xlarge", help="machine of a job in the cloud")
    parser.add_argument("--spot", action="store_true", help="train on Spot machines, with checkpoints beside the output")
    return parser.parse_args()


def where_it_runs(arguments):
    """The arguments of Estimator that differ between this machine and the cloud."""
    session = boto3.Session(region_name=arguments.region)
    if arguments.train.startswith("file://"):
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


if __name__ == "__main__":
    main()
