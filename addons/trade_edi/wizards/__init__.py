from . import trade_file_sender
