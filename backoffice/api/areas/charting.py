"""Price history."""

from backoffice.api.endpoint import MEDIA, CsvDownload
from backoffice.contracts.actor import Actor
from backoffice.contracts.charts import CandleQuery
from backoffice.services import back_api


def file(actor: Actor, body: CandleQuery) -> CsvDownload:
    """Candles of a market as a CSV file."""
    name, content = back_api().charts.file(actor, body)
    return CsvDownload(name, content, MEDIA["Csv"])
