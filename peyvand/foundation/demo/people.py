"""The people who come with the sample. They work in it as colleagues do; only the first can ever sign in."""

from __future__ import annotations

from dataclasses import dataclass

from peyvand.foundation.accounts.access import lock_admins
from peyvand.foundation.accounts.bootstrap import demo_user
from peyvand.foundation.accounts.models import Membership, Team, User
from peyvand.foundation.accounts.roles import ADMIN

TEAM = "فروش چای‌خانه‌ی البرز"


@dataclass(frozen=True)
class Colleague:
    """Somebody of the sample's staff."""

    email: str
    name: str
    job_title: str
    role_key: str


SIGNS_IN = Colleague("shirin@alborz.example", "شیرین رهگذر", "مدیر چای‌خانه", "manager")
COLLEAGUES = (
    SIGNS_IN,
    Colleague("arash@alborz.example", "آرش دماوندی", "فروش عمده", "sales"),
    Colleague("mahsa@alborz.example", "مهسا نیک‌روان", "فروش و پاسخ‌گویی", "sales"),
    Colleague("peyman@alborz.example", "پیمان سبزواری", "خدمات پس از فروش", "service"),
)


def colleagues_come() -> tuple[tuple[int, ...], int]:
    """Ids of the sample's people, in their order, and of their team; made where they are not, active again where they
    were.
    """
    users = []
    for one in COLLEAGUES:
        user, _password = demo_user(
            email=one.email, name=one.name, role_key=one.role_key, job_title=one.job_title, sign_in=False
        )
        users.append(user)
    User.objects.filter(pk__in=[user.pk for user in users], demo=True, is_active=False).update(is_active=True)
    team, _made = Team.objects.get_or_create(name=TEAM, defaults={"demo": True})
    Membership.objects.bulk_create(
        [Membership(user=user, team=team, leader=user is users[1]) for user in users[1:]], ignore_conflicts=True
    )
    return tuple(user.pk for user in users), team.pk


def colleagues_go(*, but: int | None) -> None:
    """The sample's people may come in no more, and their team goes. Whoever removes the sample stays (`but`), and so
    does the sample's administrator while nobody else is one.
    """
    lock_admins()
    going = User.objects.filter(demo=True, is_active=True).exclude(pk=but or 0)
    if not User.objects.filter(role__key=ADMIN, is_active=True).exclude(pk__in=going.values("pk")).exists():
        going = going.exclude(role__key=ADMIN)
    User.objects.filter(pk__in=[*going.values_list("pk", flat=True)]).update(is_active=False)
    Team.objects.filter(demo=True, name=TEAM).delete()
