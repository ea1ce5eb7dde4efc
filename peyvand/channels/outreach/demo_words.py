"""What the sample's house writes to its customers."""

from __future__ import annotations

# key, names, purpose, texts: channel, language, form, subject, body
TEMPLATES = (
    (
        "yalda", "پیشنهاد شب یلدا", "Yalda offer", "news",
        (
            (
                "",
                "fa", "text", "", "{{first_name|دوست خوب}}، جعبه‌ی یلدای چای و آجیل آماده است. تا پنجشنبه با ۱۵٪ تخفیف.\nhttps://shop.example/yalda",
            ),
            (
                "",
                "en", "text", "", "{{first_name|Friend}}, your Yalda box of tea is here: 15% off until Thursday.\nhttps://shop.example/yalda",
            ),
            (
                "email", "fa", "mjml", "جعبه‌ی یلدا برای {{first_name|شما}}",
                '<mjml><mj-body background-color="#f2f5f4"><mj-section background-color="#ffffff"><mj-column>'
                '<mj-text font-size="22px" color="#0a6661">یلدا نزدیک است</mj-text>'
                "<mj-text>{{polite_name|دوست گرامی}}، جعبه‌ی یلدای امسال با چای ممتاز لاهیجان و آجیل تازه آماده است."
                "{{#if trait.value.class = champion}} برای شما ارسال رایگان است.{{/if}}</mj-text>"
                '<mj-button background-color="#0b7570" href="{{preferences_link}}">آنچه دریافت می‌کنم</mj-button>'
                "</mj-column></mj-section></mj-body></mjml>",
            ),
        ),
    ),
    (
        "order-sent", "سفارش فرستاده شد", "Order on its way", "service",
        (
            ("", "fa", "text", "", "{{first_name|مشتری گرامی}}، سفارشتان امروز فرستاده شد و تا دو روز دیگر می‌رسد."),
            ("", "en", "text", "", "{{first_name|Dear customer}}, your order left today and arrives within two days."),
        ),
    ),
    (
        "how-was-it", "نظر شما درباره‌ی خرید", "How was it?", "surveys",
        (
            (
                "",
                "fa", "text", "", "{{first_name|دوست خوب}}، از خرید آخرتان راضی بودید؟ با یک عدد از ۱ تا ۵ پاسخ دهید.",
            ),
            ("", "en", "text", "", "{{first_name|Friend}}, were you happy with your last order? Reply with 1 to 5."),
        ),
    ),
)  # fmt: skip

# target, title, source, medium, campaign, how often a day it is opened at most
LINKS = (
    ("https://shop.example/tea", "پوستر کنار در فروشگاه", "poster", "print", "", 9),
    ("https://shop.example/", "پیوند صفحه‌ی اینستاگرام", "instagram", "social", "", 22),
)
