"""Categories, price lists, taxes; what was taken off and taxed on each line; reversals of payments."""

from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

import peyvand.memory.commerce.fields


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0002_sums"),
        ("customers", "0003_custom"),
    ]

    operations = [
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_fa", models.CharField(blank=True, default="", max_length=80)),
                ("name_en", models.CharField(blank=True, default="", max_length=80)),
                ("demo", models.BooleanField(default=False)),
                ("key", models.CharField(max_length=80)),
                ("position", models.IntegerField(default=0)),
                ("archived", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name_plural": "categories",
            },
        ),
        migrations.CreateModel(
            name="PriceList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField(default=False)),
                ("name", models.CharField(max_length=120)),
                ("key", models.CharField(max_length=120)),
                ("currency", models.CharField(max_length=3)),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("everyone", "Everyone"),
                            ("tag", "Customers with a tag"),
                            ("class", "Customers of a value class"),
                        ],
                        default="everyone",
                        max_length=10,
                    ),
                ),
                ("value_class", models.CharField(blank=True, default="", max_length=20)),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("valid_until", models.DateField(blank=True, null=True)),
                ("priority", models.IntegerField(default=0)),
                ("archived", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("version", models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="PriceListItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "min_quantity",
                    peyvand.memory.commerce.fields.ExactField(decimal_places=10, default=0, max_digits=30),
                ),
                (
                    "price",
                    peyvand.memory.commerce.fields.ExactField(blank=True, decimal_places=10, max_digits=30, null=True),
                ),
                (
                    "percent_off",
                    peyvand.memory.commerce.fields.ExactField(blank=True, decimal_places=10, max_digits=30, null=True),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TaxRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_fa", models.CharField(blank=True, default="", max_length=80)),
                ("name_en", models.CharField(blank=True, default="", max_length=80)),
                ("demo", models.BooleanField(default=False)),
                ("percent", peyvand.memory.commerce.fields.ExactField(decimal_places=10, max_digits=30)),
                ("valid_from", models.DateField()),
                ("included", models.BooleanField(default=False)),
                (
                    "scope",
                    models.CharField(
                        choices=[("all", "Everything that is sold"), ("chosen", "Chosen categories and products")],
                        default="all",
                        max_length=10,
                    ),
                ),
                ("archived", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("version", models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="TaxTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="orderline",
            name="commerce_line_amount",
        ),
        migrations.AddField(
            model_name="order",
            name="discount_minor",
            field=models.BigIntegerField(db_default=0, editable=False),
        ),
        migrations.AddField(
            model_name="order",
            name="discount_percent",
            field=peyvand.memory.commerce.fields.ExactField(blank=True, decimal_places=10, max_digits=30, null=True),
        ),
        migrations.AddField(
            model_name="order",
            name="discount_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="order",
            name="discount_value",
            field=peyvand.memory.commerce.fields.ExactField(blank=True, decimal_places=10, max_digits=30, null=True),
        ),
        migrations.AddField(
            model_name="order",
            name="tax_minor",
            field=models.BigIntegerField(db_default=0, editable=False),
        ),
        migrations.AddField(
            model_name="orderline",
            name="discount",
            field=peyvand.memory.commerce.fields.ExactField(db_default=0, decimal_places=20, default=0, max_digits=40),
        ),
        migrations.AddField(
            model_name="orderline",
            name="discount_percent",
            field=peyvand.memory.commerce.fields.ExactField(blank=True, decimal_places=10, max_digits=30, null=True),
        ),
        migrations.AddField(
            model_name="orderline",
            name="discount_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="orderline",
            name="order_discount",
            field=peyvand.memory.commerce.fields.ExactField(db_default=0, decimal_places=20, default=0, max_digits=40),
        ),
        migrations.AddField(
            model_name="orderline",
            name="tax",
            field=peyvand.memory.commerce.fields.ExactField(db_default=0, decimal_places=20, default=0, max_digits=40),
        ),
        migrations.AddField(
            model_name="orderline",
            name="tax_included",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="orderline",
            name="tax_percent",
            field=peyvand.memory.commerce.fields.ExactField(blank=True, decimal_places=10, max_digits=30, null=True),
        ),
        migrations.AddField(
            model_name="payment",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="payment",
            name="reverses",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversal",
                to="commerce.payment",
            ),
        ),
        migrations.AlterField(
            model_name="orderline",
            name="order",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="items", to="commerce.order"
            ),
        ),
        migrations.AlterField(
            model_name="orderline",
            name="returns",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="returned_by",
                to="commerce.orderline",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("discount_percent", None), ("discount_value", None)),
                    models.Q(("discount_percent__gt", 0), ("discount_percent__lte", 100), ("discount_value", None)),
                    models.Q(
                        ("discount_percent", None), ("discount_value__gt", 0), ("discount_value__lt", 100000000000000)
                    ),
                    _connector="OR",
                ),
                name="commerce_order_discount",
            ),
        ),
        migrations.AddField(
            model_name="category",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="commerce.category",
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="category",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="products",
                to="commerce.category",
            ),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["category", "name", "id"], name="commerce_product_category"),
        ),
        migrations.AddField(
            model_name="pricelist",
            name="tag",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.tag"
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="price_list",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="commerce.pricelist",
            ),
        ),
        migrations.AddField(
            model_name="pricelistitem",
            name="price_list",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="items",
                to="commerce.pricelist",
            ),
        ),
        migrations.AddField(
            model_name="pricelistitem",
            name="product",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="commerce.product",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("name_en", ""), ("name_fa", ""), _negated=True), name="commerce_taxrate_named"
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gte", 0), ("percent__lte", 100)), name="commerce_taxrate_percent"
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("scope__in", ["all", "chosen"])), name="commerce_taxrate_scope"
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="tax_rate",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="commerce.taxrate",
            ),
        ),
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(
                condition=models.Q(("returns__isnull", False)), fields=["returns"], name="commerce_line_returns"
            ),
        ),
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(
                condition=models.Q(("tax_rate__isnull", False)), fields=["tax_rate"], name="commerce_line_taxrate"
            ),
        ),
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(
                condition=models.Q(("price_list__isnull", False)), fields=["price_list"], name="commerce_line_pricelist"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "amount",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("quantity"), "*", models.F("unit_price")
                                ),
                                "-",
                                models.F("discount"),
                            ),
                            "-",
                            models.F("order_discount"),
                        ),
                    )
                ),
                name="commerce_line_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("discount", 0), ("order_discount", 0)),
                    models.Q(
                        ("amount__gte", 0),
                        ("discount__gte", 0),
                        ("order_discount__gte", 0),
                        ("quantity__gt", 0),
                        ("unit_price__gte", 0),
                    ),
                    models.Q(
                        ("amount__lte", 0),
                        ("discount__lte", 0),
                        ("order_discount__lte", 0),
                        ("quantity__lt", 0),
                        ("unit_price__gte", 0),
                    ),
                    models.Q(("discount", 0), ("unit_price__lt", 0)),
                    _connector="OR",
                ),
                name="commerce_line_discount",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discount_percent", None),
                    models.Q(
                        (
                            "discount",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("quantity"), "*", models.F("unit_price")
                                    ),
                                    "*",
                                    models.F("discount_percent"),
                                ),
                                "*",
                                models.Value(
                                    Decimal("0.01"),
                                    output_field=peyvand.memory.commerce.fields.ExactField(
                                        decimal_places=10, max_digits=30
                                    ),
                                ),
                            ),
                        ),
                        ("discount_percent__gt", 0),
                        ("discount_percent__lte", 100),
                    ),
                    _connector="OR",
                ),
                name="commerce_line_percent",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tax", 0),
                    models.Q(("amount__gt", 0), ("tax__gt", 0), ("tax__lt", 100000000000000), ("tax_included", False)),
                    models.Q(("amount__lt", 0), ("tax__gt", -100000000000000), ("tax__lt", 0), ("tax_included", False)),
                    models.Q(("tax__gt", 0), ("tax__lte", models.F("amount")), ("tax_included", True)),
                    models.Q(("tax__gte", models.F("amount")), ("tax__lt", 0), ("tax_included", True)),
                    _connector="OR",
                ),
                name="commerce_line_tax",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("tax_percent", None), ("tax_rate", None)),
                    models.Q(("tax_percent__gte", 0), ("tax_percent__isnull", False), ("tax_percent__lte", 100)),
                    _connector="OR",
                ),
                name="commerce_line_rate",
            ),
        ),
        migrations.AddField(
            model_name="taxtarget",
            name="category",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="commerce.category",
            ),
        ),
        migrations.AddField(
            model_name="taxtarget",
            name="product",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="commerce.product",
            ),
        ),
        migrations.AddField(
            model_name="taxtarget",
            name="rate",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="targets",
                to="commerce.taxrate",
            ),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(("name_en", ""), ("name_fa", ""), _negated=True), name="commerce_category_named"
            ),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.UniqueConstraint(
                fields=("demo", "parent", "key"), name="commerce_category_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="pricelist",
            constraint=models.UniqueConstraint(fields=("demo", "key"), name="commerce_pricelist_once"),
        ),
        migrations.AddConstraint(
            model_name="pricelist",
            constraint=models.CheckConstraint(
                condition=models.Q(("key", ""), _negated=True), name="commerce_pricelist_named"
            ),
        ),
        migrations.AddConstraint(
            model_name="pricelist",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="commerce_pricelist_currency"
            ),
        ),
        migrations.AddConstraint(
            model_name="pricelist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("audience", "everyone"), ("tag", None), ("value_class", "")),
                    models.Q(("audience", "tag"), ("tag__isnull", False), ("value_class", "")),
                    models.Q(("audience", "class"), ("tag", None), models.Q(("value_class", ""), _negated=True)),
                    _connector="OR",
                ),
                name="commerce_pricelist_audience",
            ),
        ),
        migrations.AddConstraint(
            model_name="pricelist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from", None),
                    ("valid_until", None),
                    ("valid_until__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="commerce_pricelist_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="pricelistitem",
            constraint=models.UniqueConstraint(
                fields=("price_list", "product", "min_quantity"), name="commerce_item_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="pricelistitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("percent_off", None),
                        ("price__gte", 0),
                        ("price__isnull", False),
                        ("price__lt", 100000000000000),
                    ),
                    models.Q(
                        ("percent_off__gt", 0),
                        ("percent_off__isnull", False),
                        ("percent_off__lte", 100),
                        ("price", None),
                    ),
                    _connector="OR",
                ),
                name="commerce_item_price",
            ),
        ),
        migrations.AddConstraint(
            model_name="pricelistitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("product__isnull", False), ("price", None), _connector="OR"),
                name="commerce_item_product",
            ),
        ),
        migrations.AddConstraint(
            model_name="pricelistitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("min_quantity__gte", 0), ("min_quantity__lt", 100000000000000)),
                name="commerce_item_min",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxtarget",
            constraint=models.UniqueConstraint(
                fields=("rate", "category", "product"), name="commerce_taxtarget_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="taxtarget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("category", None), ("product__isnull", False)),
                    models.Q(("category__isnull", False), ("product", None)),
                    _connector="OR",
                ),
                name="commerce_taxtarget_one",
            ),
        ),
    ]
