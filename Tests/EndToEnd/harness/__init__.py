# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What the end-to-end tests are built from: the programs, the servers and a worker, seen from outside."""
