"""The fields and views that the house of the sample has made for itself."""

from __future__ import annotations

from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.fields.services import FieldData

CUSTOM_FIELDS = (
    FieldData(
        kind=FieldKind.CHOICE, key="brewing", label_fa="شیوه‌ی دم‌آوری", label_en="Brewing",
        choices="اسپرسو | Espresso\nموکاپات | Moka\nفرنچ‌پرس | French press\nقوری چای | Tea pot",
    ),
    FieldData(
        kind=FieldKind.CHOICES, key="taste", label_fa="ذائقه", label_en="Taste",
        choices="تلخ | Bitter\nملایم | Mild\nمیوه‌ای | Fruity",
    ),
    FieldData(kind=FieldKind.YESNO, key="tasting_club", label_fa="عضو باشگاه چشیدن", label_en="In the tasting club"),
    FieldData(
        kind=FieldKind.MONEY, key="credit_limit", label_fa="سقف اعتبار", label_en="Credit limit", currency="IRR",
        help="بیش از این بی‌هماهنگی فروخته نمی‌شود.",
    ),
    FieldData(kind=FieldKind.DATE, key="contract_date", label_fa="تاریخ قرارداد", label_en="Date of the contract"),
    FieldData(kind=FieldKind.TEXT, key="economic_code", label_fa="کد اقتصادی", label_en="Economic code"),
)  # fmt: skip
VIEWS = (
    (
        "اهل اسپرسو",
        {"view": "people", "f.c.brewing": "any:espresso", "columns": "class,worth,touched,c.brewing,c.taste"},
    ),
    (
        "اعتبار بالا",
        {
            "view": "organisations",
            "f.c.credit_limit": "least:2000000000",
            "sort": "-c.credit_limit",
            "columns": "worth,touched,c.credit_limit,c.contract_date,owner",
        },
    ),
)
