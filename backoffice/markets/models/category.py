"""The tree of market categories; one version for the whole tree, since it is replaced as a whole."""

from django.db import models
from django.db.models import Q

from backoffice.core.fields import IdField
from backoffice.markets.models.market import Market


class CategoryTree(models.Model):
    """The one row that a change of the tree locks."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(name="only_one_category_tree", condition=Q(id=1))]


class MarketCategory(models.Model):
    id = IdField(primary_key=True)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    name = models.CharField(max_length=50)
    position = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="category_names_differ_among_siblings", fields=["parent", "name"], nulls_distinct=False),
            models.CheckConstraint(name="category_is_not_its_own_parent", condition=~Q(id=models.F("parent"))),
            models.CheckConstraint(name="category_name_is_not_empty", condition=~Q(name="")),
        ]


class CategoryMarket(models.Model):
    category = models.ForeignKey(MarketCategory, models.CASCADE, related_name="entries")
    market = models.ForeignKey(Market, models.CASCADE, related_name="category_entries")
    position = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="a_market_once_in_a_category", fields=["category", "market"])]
