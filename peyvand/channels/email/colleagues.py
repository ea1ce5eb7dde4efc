"""Mail to colleagues, which is no message to a customer and passes no gate: reports that they asked for."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid

from anymail.exceptions import AnymailError
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import get_language, gettext

from peyvand.channels.email.carrier import SAMPLE, SMTP
from peyvand.channels.email.models import EmailAccount
from peyvand.channels.email.speaking import lines, providers
from peyvand.channels.email.speaking.mime import ascii_domain, one_line, plain_address
from peyvand.channels.email.wires import Unreachable, words_of
from peyvand.foundation.accounts.declarations import StaffMail, StaffMailError, StaffPost


def send(mail: StaffMail) -> None:
    """Hand it to the first own account that is on. StaffMailError where there is none, or it did not take it."""
    accounts = EmailAccount.objects.filter(demo=False, enabled=True).exclude(provider=SAMPLE)
    account = accounts.order_by("position", "id").first()
    if account is None:
        raise StaffMailError(gettext("There is no account of e-mail yet. Set one up under Settings."))
    if account.provider != SMTP:
        _by_provider(account, mail)
        return
    try:
        with lines.opened(account) as smtp:
            smtp.send_message(_message(account, mail), account.address, [plain_address(mail.to)])
    except (OSError, Unreachable) as error:  # smtplib's own are of these
        said = error.args[-1] if isinstance(error, smtplib.SMTPRecipientsRefused) else words_of(error)
        raise StaffMailError(_refused(str(said))) from error
    except (ValueError, UnicodeError) as error:
        raise StaffMailError(_refused(str(error))) from error


def _refused(said: str) -> str:
    return gettext("The mail server did not take it: %(said)s") % {"said": said[:200]}


def _sender(account: EmailAccount) -> str:
    name = account.from_name_fa if (get_language() or "fa").startswith("fa") else account.from_name_en
    return formataddr((one_line(name or account.name), plain_address(account.address)))


def _message(account: EmailAccount, mail: StaffMail) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = _sender(account), formataddr((one_line(mail.name), plain_address(mail.to)))
    message["Subject"], message["Date"] = one_line(mail.subject), formatdate()
    message["Message-ID"] = make_msgid(domain=ascii_domain(account.domain))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    for name, kind, body in mail.files:
        main, _slash, sub = kind.partition("/")
        message.add_attachment(body, maintype=main, subtype=sub, filename=one_line(name))
    return message


def _by_provider(account: EmailAccount, mail: StaffMail) -> None:
    made = EmailMultiAlternatives(
        subject=one_line(mail.subject), body=mail.text, from_email=_sender(account),
        to=[formataddr((one_line(mail.name), plain_address(mail.to)))],
    )  # fmt: skip
    for name, kind, body in mail.files:
        made.attach(one_line(name), body, kind)
    try:
        providers.backend_of(account).send_messages([made])
    except (AnymailError, OSError) as error:  # those of requests are of the second
        raise StaffMailError(_refused(type(error).__name__)) from error


POST = StaffPost("email", send)
