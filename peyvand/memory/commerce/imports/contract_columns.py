"""The columns of a file of contracts, with their usual titles in both languages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import ImportColumn
from peyvand.foundation.transfer.shapes import Reason

CONTRACT_COLUMNS = (
    ImportColumn("number", _("Contract number"), "code", ("Contract", "Contract number", "Contract ID", "Subscription",
                 "Subscription ID", "قرارداد", "شماره قرارداد", "شماره‌ی قرارداد", "کد قرارداد"), required=True,
                 key=True, icon="contract"),
    ImportColumn("customer", _("Customer code"), "code", ("CustomerID", "Customer ID", "Customer code", "Client ID",
                 "کد مشتری", "شناسه مشتری", "شماره مشتری", "کد اشتراک"), icon="id-badge-2"),
    ImportColumn("name", _("Customer's name"), "text", ("Customer name", "Customer", "Client", "Company", "نام مشتری",
                 "مشتری", "طرف قرارداد", "شرکت"), icon="user", like="name"),
    ImportColumn("kind", _("Kind"), "choice", ("Kind", "Type", "Contract type", "نوع", "نوع قرارداد"),
                 icon="category"),
    ImportColumn("sku", _("Product code"), "code", ("SKU", "Product code", "Plan", "کد کالا", "کد محصول", "طرح"),
                 icon="barcode"),
    ImportColumn("starts_on", _("First day"), "date", ("Start", "Start date", "Starts on", "From", "تاریخ شروع",
                 "آغاز", "تاریخ آغاز", "شروع"), required=True, icon="calendar", like="day"),
    ImportColumn("term_months", _("Term in months"), "number", ("Term months", "Term", "Months", "مدت", "مدت به ماه",
                 "مدت قرارداد"), icon="hourglass"),
    ImportColumn("renews_itself", _("Renews itself"), "boolean", ("Renews itself", "Auto renew", "Auto-renewal",
                 "تمدید خودکار"), icon="refresh"),
    ImportColumn("fee", _("Fee"), "decimal", ("Fee", "Price", "Monthly fee", "Monthly charges", "مبلغ", "حق اشتراک",
                 "مبلغ قرارداد", "هزینه ماهانه"), required=True, icon="coin", like="amount"),
    ImportColumn("period_months", _("Months of a fee"), "number", ("Fee months", "Billing months", "Period months",
                 "دوره پرداخت", "ماه‌های هر پرداخت"), icon="calendar-repeat"),
    ImportColumn("currency", _("Currency"), "code", ("Currency", "واحد پول", "ارز"), icon="currency"),
    ImportColumn("ended_on", _("Ended on"), "date", ("Ended on", "End date", "Cancelled on", "تاریخ پایان",
                 "پایان", "تاریخ فسخ"), icon="calendar-off"),
    ImportColumn("reason", _("Why it ended"), "choice", ("Reason", "End reason", "Churn reason", "دلیل", "دلیل پایان",
                 "علت فسخ"), icon="message-2-question"),
    ImportColumn("note", _("Note"), "text", ("Note", "Notes", "یادداشت", "توضیح"), icon="notes"),
)  # fmt: skip

CONTRACT_REASONS = (
    Reason("commerce.no_contract", _("The contract number is missing.")),
    Reason("commerce.no_starts_on", _("The first day is missing.")),
    Reason("commerce.no_fee", _("The fee is missing.")),
    Reason("commerce.no_party", _("The line names no customer: it needs a customer code or a name.")),
    Reason("commerce.contract_known", _("Contract {value} is here already; it was left as it is.")),
    Reason("commerce.contract_twice", _("Contract {value} stands twice in the file; the first line counts.")),
    Reason("commerce.bad_fee", _("{value} can't be a fee.")),
    Reason("commerce.bad_months", _("{value} is no number of months that a contract can have.")),
    Reason("commerce.bad_day", _("The day {value} does not fit the contract.")),
    Reason("commerce.unknown_contract_kind", _("“{value}” is no kind of contract; it went in as another contract.")),
    Reason("commerce.unknown_end", _("“{value}” is no known reason; it went in as another reason.")),
    Reason("commerce.unknown_product", _("No product has the code {value}; the contract went in without one.")),
)
