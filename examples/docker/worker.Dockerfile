# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.
#
# The example worker. Not run in this project's CI, which has no Docker engine.

FROM python:3.12-slim
RUN pip install --no-cache-dir pika==1.4.4
COPY examples/python-worker/worker.py /usr/local/bin/worker.py
USER nobody
ENTRYPOINT ["python", "-u", "/usr/local/bin/worker.py"]
