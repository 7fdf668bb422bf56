from . import test_local_store
from . import test_sftp_store
from . import test_trade_files_road
