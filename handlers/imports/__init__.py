"""`truce import FILE.csv`: a file of leads, read as a stream and handed on in small transactions.

The file is not in memory as a whole, ever. A bad row never stops the good ones: it goes to NAME.rejected.csv,
which can be mended and imported itself. Running an import again changes nothing.
"""

from handlers.imports.command import import_command
from handlers.imports.rows import Summary, Wish, import_csv, try_csv

__all__ = ["Summary", "Wish", "import_command", "import_csv", "try_csv"]
