"""Where market files lie."""

from backoffice.tables.store import Store, fresh_name, shown_name, sync

_STORE = Store("market-files", most="MARKET_FILE_MAX_BYTES")
folder, path, store, again, remove = _STORE.folder, _STORE.path, _STORE.store, _STORE.again, _STORE.remove

__all__ = ["again", "folder", "fresh_name", "path", "remove", "shown_name", "store", "sync"]
