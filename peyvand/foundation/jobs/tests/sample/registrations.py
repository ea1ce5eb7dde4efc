from __future__ import annotations

from peyvand.foundation.jobs.declarations import Job
from peyvand.foundation.jobs.tests.sample import work
from peyvand.foundation.registry.declarations import Schedule

IN_CHILD = "peyvand.foundation.jobs.tests.sample.work:"
JOBS = (
    Job(name="sample.slow", function=work.slow, result_url=lambda run: f"/result/{run.pk}/"),
    Job(name="sample.stubborn", function=work.stubborn, label="Stubborn work"),
    Job(name="sample.fails", function=work.fails),
    Job(name="sample.child", path=IN_CHILD + "slow", child=True),
    Job(name="sample.stubborn_child", path=IN_CHILD + "stubborn", child=True),
    Job(name="sample.hungry", path=IN_CHILD + "hungry", child=True),
)
DECLARATIONS = (*JOBS, Schedule(name="sample.tick", cron="* * * * * */2", function=work.tick))
