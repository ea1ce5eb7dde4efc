"""An app of jobs and schedules that only the tests' workers have."""
