"""A Spark cluster as the backend. Imported only where PEYVAND_ENGINE asks for it: pyspark need not be installed."""

from __future__ import annotations

import ibis
from django.utils.translation import gettext
from pyspark.sql import SparkSession

from peyvand.foundation.jobs.running import JobFailedError


def connected(master: str) -> ibis.BaseBackend:
    """One session a process. What a cluster needs besides (memory, network) stands in its own spark-defaults.conf."""
    try:
        session = (
            SparkSession.builder.master(master)
            .appName("Peyvand")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate()
        )
    except Exception as problem:
        raise JobFailedError(gettext("The Spark cluster %(master)s does not answer.") % {"master": master}) from problem
    return ibis.pyspark.connect(session)
