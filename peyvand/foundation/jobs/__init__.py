"""Work that outlives a page: started in the caller's transaction, done by a worker, seen and stopped by people.

Here: `services.start`, `run_now`, `cancel`; what a job's function is given (`running.Running`); the `Run` people see;
the worker (`worker.work`) with its queue, schedules and outbox loop; putting back what a killed worker left (`rescue`);
children for jobs with heavy libraries (`child`), a folder for their files (`scratch`); `health`.
Not here: what a job does (the room that declares it), the supervisor (doors.console).
Events in: none. Events out: none; the worker calls the outbox's reader.
To add a job: declare `Job(name, function)` in the room's registrations; `Job(name, path="room.module:function",
child=True)` when it loads heavy libraries. To add a schedule: declare `Schedule`. Work that every worker keeps going:
a `Standing`.
"""
