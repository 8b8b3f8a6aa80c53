# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What the API writes when users ask for something: the same guarded updates, and the hint."""

from bson import Int64, ObjectId

from .documents import after, now

CONTROL = "scheduler.control"


class User:
    def __init__(self, world, hints=True):
        self.world = world
        self.hints = hints

    def hint(self, job):
        if self.hints:
            self.world.broker.channel.basic_publish(
                CONTROL, "", b'{"type":"job-changed","jobName":"%s"}' % job.encode())

    def trigger(self, job, **more):
        """Ask for a run now; returns its id."""
        run = {"_id": ObjectId(), "jobName": job, "status": "pending", "trigger": "manual", "attempt": 1,
               "createdTime": now(), "deadline": now()} | more
        self.world.runs.insert_one(run)
        self.hint(job)
        return run["_id"]

    def cancel(self, run_id):
        """Cancel a run; returns the status that it has then."""
        unseen = self.world.runs.find_one_and_update(
            {"_id": run_id, "status": "pending", "publishedAt": None,
             "$or": [{"retryAt": {"$type": "date"}},
                     {"revision": {"$in": [None, 0]}, "$or": [{"waiting": True}, {"trigger": "manual"}]},
                     {"revision": 1, "waiting": True, "trigger": "manual"}]},
            {"$set": {"status": "cancelled", "endTime": now()}, "$inc": {"revision": Int64(1)},
             "$unset": {"waiting": 1, "retryAt": 1, "deadline": 1}})
        if unseen is None:
            self.world.runs.update_one(
                {"_id": run_id, "status": {"$in": ["pending", "running"]}},
                {"$set": {"status": "cancelling", "cancelledAt": now(), "deadline": now()},
                 "$unset": {"publishedAt": 1}, "$inc": {"revision": Int64(1)}})
        run = self.world.run(run_id)
        self.hint(run["jobName"])
        return run["status"]

    def delete(self, job):
        """Delete a job: the tombstone first, then the document."""
        document = self.world.job(job)
        self.world.db.deletions.update_one(
            {"_id": job},
            {"$set": {"deletedAt": now(), "heartbeatTimeout": Int64(document.get("heartbeatTimeout") or 0),
                      "lockEpoch": Int64(document.get("lockEpoch") or 0)}}, upsert=True)
        self.world.jobs.delete_one({"_id": job})
        self.hint(job)

    def make_again(self, job, **fields):
        """Make a job under the name of a deleted one."""
        from .documents import go_job
        self.world.jobs.insert_one(go_job(job, **({"next_run_at": after(3600)} | fields | {"creation": ObjectId()})))
        self.hint(job)
