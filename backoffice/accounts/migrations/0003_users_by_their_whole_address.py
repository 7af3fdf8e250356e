"""Lists of history are asked for by a client's whole e-mail address; the index of its parts does not serve that, nor does the one in lower case."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("accounts", "0002_balances_belong_to_accounts")]

    operations = [migrations.AddIndex("user", models.Index(fields=["email"], name="user_by_email"))]
