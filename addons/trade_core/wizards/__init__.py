from . import trade_connector_new
from . import trade_connector_test
from . import trade_exception_fix
from . import trade_exception_bulk
from . import trade_message_acknowledge
from . import trade_message_resubmit
from . import trade_message_upload
from . import trade_preview
